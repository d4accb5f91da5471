//! Bounded fields with what is said of them. The derived description writes such a field as a number and an object at once
//! (`allOf`), which no value is; it is the number, with the words of the other.

use utoipa::openapi::{OpenApi, RefOr, Schema, schema::Object};

/// Makes one schema of each such field.
pub(super) fn unite(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for schema in components.schemas.values_mut() {
        if let RefOr::T(Schema::Object(object)) = schema {
            for field in object.properties.values_mut() {
                if let Some(united) = united(field) {
                    *field = RefOr::T(united);
                }
            }
        }
    }
}

/// The field as one schema, if it is a bounded value and words.
fn united(field: &RefOr<Schema>) -> Option<Schema> {
    let RefOr::T(Schema::AllOf(both)) = field else {
        return None;
    };
    let [RefOr::T(bounds), RefOr::T(Schema::Object(words))] = &both.items[..] else {
        return None;
    };
    let Object {
        description,
        default,
        properties,
        ..
    } = words.clone();
    if !properties.is_empty() {
        return None;
    }
    let mut one = bounds.clone();
    match &mut one {
        Schema::Object(number) => {
            number.description = description;
            number.default = default;
        }
        Schema::Array(list) => list.description = description,
        _ => return None,
    }
    Some(one)
}

#[cfg(test)]
mod tests {
    use super::super::document;

    #[test]
    fn a_bounded_field_is_one_thing() {
        let document = serde_json::to_value(document()).unwrap();
        let schemas = &document["components"]["schemas"];
        let length = &schemas["UploadRequest"]["properties"]["content_length"];
        assert_eq!(length["type"], "integer");
        assert_eq!(length["description"], "Bytes.");
        let days = &schemas["HistoryRetention"]["properties"]["retention_days"];
        assert_eq!(days["default"], 30);
        for (name, schema) in schemas.as_object().unwrap() {
            for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
                assert!(schema["allOf"].is_null(), "{name}.{field}: {schema}");
            }
        }
    }
}
