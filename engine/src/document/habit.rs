//! Keys that people bring along from Locust and k6, and what they are called here.

/// Keys of other tools, and the keys that are meant by them. Of these, only what is known where the
/// habit was met is told.
const HABITS: [(&[&str], &[&str]); 12] = [
    (&["users", "user_count", "num_users", "vus"], &["clients"]),
    (&["target"], &["clients", "arrival_rate"]),
    (&["spawn_rate", "spawn-rate"], &["hatch_rate"]),
    (&["run_time", "run-time", "time_limit"], &["duration"]),
    (&["rate", "rps"], &["arrival_rate"]),
    (&["min_wait", "max_wait", "wait"], &["wait_time"]),
    (&["url"], &["path"]),
    (&["params"], &["query"]),
    (&["data", "body"], &["json", "form", "text"]),
    (&["files"], &["multipart"]),
    (&["catch_response", "assert"], &["expect"]),
    (&["locustfile", "locustfiles"], &["scenario"]),
];

/// Where the host of a test is set, which is neither in its profile nor at the top of a scenario.
const HOST: &str = "unknown key; the host is the environment's: `host` in config/common.yml or \
                    config/<env>.yml, or `--host`";

/// What to say of an unknown key, if it is one of other tools.
pub(super) fn said_of(key: &str, known: &[&str]) -> Option<String> {
    if key == "host" {
        return Some(HOST.to_owned());
    }
    let (_, meant) = HABITS.iter().find(|(keys, _)| keys.contains(&key))?;
    let here = meant.iter().filter(|name| known.contains(name)).map(|name| format!("`{name}`"));
    match here.collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => Some(format!("unknown key; here it is {one}")),
        several => Some(format!("unknown key; here it is one of {}", several.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_tools_are_told_the_word_here() {
        let runner = ["arrival_rate", "clients", "hatch_rate", "duration"];
        for (key, known, said) in [
            ("spawn_rate", &runner[..], Some("unknown key; here it is `hatch_rate`")),
            ("users", &runner, Some("unknown key; here it is `clients`")),
            ("target", &["duration", "clients"], Some("unknown key; here it is `clients`")),
            (
                "data",
                &["path", "json", "form"],
                Some("unknown key; here it is one of `json`, `form`"),
            ),
            ("host", &["name"], Some(HOST)),
            ("spawn_rate", &["path"], None),
            ("hatchrate", &runner, None),
        ] {
            assert_eq!(said_of(key, known).as_deref(), said, "{key}");
        }
    }
}
