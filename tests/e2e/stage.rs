//! The usual stage: one project, somebody for each role, and somebody who is no member.

use std::collections::BTreeMap;

use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    installation::Installation,
    shape::Kept,
};
use serde_json::{Value, json};

pub(crate) struct Stage {
    pub(crate) installation: Installation,
    pub(crate) project: Project,
    people: BTreeMap<&'static str, Person>,
}

impl Stage {
    pub(crate) async fn set(installation: Installation) -> TestResult<Self> {
        let mut people = BTreeMap::new();
        let manager = installation.person("manager").await?;
        let project = installation.project("herring", &manager, "manage").await?;
        people.insert("manager", manager);
        for (name, role) in [("reader", "read"), ("querier", "query"), ("editor", "edit")] {
            let person = installation.person(name).await?;
            project
                .add(&installation.client, &installation.admin, &person, role)
                .await?;
            people.insert(name, person);
        }
        people.insert("outsider", installation.person("outsider").await?);
        people.insert("admin", installation.admin.clone());
        Ok(Self {
            installation,
            project,
            people,
        })
    }

    pub(crate) fn person(&self, name: &str) -> &Person {
        &self.people[name]
    }

    /// Tokens by name.
    pub(crate) fn tokens(&self) -> BTreeMap<String, String> {
        self.people
            .iter()
            .map(|(name, person)| ((*name).to_owned(), person.token.clone()))
            .collect()
    }

    /// What golden exchanges may name in braces.
    pub(crate) fn values(&self) -> Kept {
        let mut values = Kept::from([
            ("project".to_owned(), self.project.name.clone()),
            ("bucket".to_owned(), self.project.bucket.clone()),
        ]);
        for (name, person) in &self.people {
            values.insert(format!("{name}.email"), person.email.clone());
            values.insert(format!("{name}.password"), person.password.clone());
        }
        let batch = |item: fn(usize) -> Value| {
            let items: Vec<Value> = (0..101).map(item).collect();
            Value::from(items).to_string()
        };
        values.insert("101 keys".to_owned(), batch(|n| format!("{n}.txt").into()));
        values.insert(
            "101 downloads".to_owned(),
            batch(|n| json!({"name": format!("{n}.txt"), "version_id": null})),
        );
        values.insert(
            "101 uploads".to_owned(),
            batch(|n| json!({"name": format!("{n}.txt"), "content_length": 1, "md5_hash": null})),
        );
        values
    }
}
