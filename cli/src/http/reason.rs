//! Why a connection failed, in words that say what to change.

use std::{env, error::Error};

use reqwest::Url;

/// What went wrong, without the URL (which may be pre-signed), causes included.
#[must_use]
pub fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    in_words(deepest.to_string())
}

fn in_words(text: String) -> String {
    if text.contains("InvalidContentType") {
        return "the server does not speak https at this port; if it is an http server, the URL begins with http://"
            .to_owned();
    }
    if text.contains("invalid HTTP version") {
        return "the answer is not HTTP; if this is an https server, the URL begins with https://"
            .to_owned();
    }
    text
}

/// The proxy that the environment names for a URL, without credentials, with the variable that names it.
#[must_use]
pub fn proxy_for(url: &Url) -> Option<String> {
    proxy_of(url, |name| {
        [name.to_owned(), name.to_lowercase()]
            .into_iter()
            .find_map(|name| {
                let value = env::var(&name).ok().filter(|value| !value.is_empty())?;
                Some((name, value))
            })
    })
}

fn proxy_of(url: &Url, variable: impl Fn(&str) -> Option<(String, String)>) -> Option<String> {
    let host = url.host_str()?;
    let excepted = variable("NO_PROXY").is_some_and(|(_, list)| {
        list.split(',')
            .map(|one| one.trim().trim_start_matches('.'))
            .any(|one| {
                one == "*"
                    || (!one.is_empty() && (host == one || host.ends_with(&format!(".{one}"))))
            })
    });
    if excepted {
        return None;
    }
    let own = match url.scheme() {
        "https" => "HTTPS_PROXY",
        _ => "HTTP_PROXY",
    };
    let (name, value) = variable(own).or_else(|| variable("ALL_PROXY"))?;
    let shown = match Url::parse(&value) {
        Ok(mut proxy) => {
            let _ = proxy.set_username("");
            let _ = proxy.set_password(None);
            proxy.to_string().trim_end_matches('/').to_owned()
        }
        Err(_) => "an address that is no URL".to_owned(),
    };
    Some(format!("{shown} ({name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_named_without_its_password() {
        let url = Url::parse("https://divbase.example.org/api").unwrap();
        let known = |name: &str| match name {
            "HTTPS_PROXY" => Some((name.to_owned(), "http://u:secret@proxy:3128".to_owned())),
            _ => None,
        };
        assert_eq!(
            proxy_of(&url, known).unwrap(),
            "http://proxy:3128 (HTTPS_PROXY)"
        );
        let excepted = |name: &str| match name {
            "NO_PROXY" => Some((name.to_owned(), "localhost,.example.org".to_owned())),
            other => known(other),
        };
        assert_eq!(proxy_of(&url, excepted), None);
        let plain = Url::parse("http://divbase.example.org/api").unwrap();
        assert_eq!(proxy_of(&plain, known), None);
    }
}
