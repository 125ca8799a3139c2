//! What is wrong with a scenario is told with its place, before anything runs.

use std::time::{Duration, Instant};

use engine::{environment::Environment, files::Files, yaml};

/// The first line of each problem.
fn problems(text: &str, host: Option<&str>) -> Vec<String> {
    let environment = Environment { host: host.map(Into::into), ..Environment::default() };
    let problems =
        yaml::read("s.yml", text, &environment, &Files::default()).err().unwrap_or_default();
    let texts = problems.iter().map(ToString::to_string);
    texts.map(|text| text.lines().next().unwrap_or_default().to_owned()).collect()
}

fn with_host(text: &str) -> Vec<String> {
    problems(text, Some("http://127.0.0.1"))
}

#[test]
fn an_interrupt_outside_of_a_nested_set_is_refused() {
    let message = "users.U.tasks.a[0].interrupt: `interrupt` leaves a task set that is a task \
                   itself, and this is in none";
    assert_eq!(
        with_host("users: {U: {tasks: {a: [interrupt: true]}}}"),
        [format!("s.yml:1:25: {message}")]
    );
    let nested = "users: {U: {tasks: {set: {tasks: {a: [interrupt: reschedule]}}}}}";
    assert_eq!(with_host(nested), [""; 0]);
}

#[test]
fn a_path_needs_a_host() {
    let text = "users:\n  U:\n    tasks: {a: [get: /x]}\n";
    let found = problems(text, None);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("s.yml:3:22: users.U.tasks.a[0].get: a path without a host"));
    for fine in [
        "users: {U: {tasks: {a: [get: 'http://127.0.0.1/x']}}}",
        "users: {U: {host: 'http://127.0.0.1', tasks: {a: [get: /x]}}}",
    ] {
        assert_eq!(problems(fine, None), [""; 0]);
    }
}

#[test]
fn names_of_variables_can_be_read_back() {
    for name in ["user.id", "iteration", "a-b", "env.x"] {
        let text = format!("users: {{U: {{tasks: {{a: [set: {{{name}: 1}}]}}}}}}");
        let found = with_host(&text);
        assert!(found.len() == 1 && found[0].contains("a variable's name is letters"), "{found:?}");
    }
}

#[test]
fn bad_ways_to_sign_in_are_shown() {
    for (sign_in, class, message) in [
        (
            "a: {basic: {user: u, password: p}}",
            "partner",
            "users.U.sign_in: no sign-in `partner` under",
        ),
        ("shop: {basic: {user: u, password: p}}", "shpo", "did you mean `shop`?"),
        ("a: {basic: {user: u}}", "", "sign_in.a.basic.password: missing, expected the user's"),
        ("a: {basci: {}}", "", "expected one of basic, api_key, bearer, oauth2, session, aws"),
        ("a: {api_key: {header: 'x y', key: k}}", "", "expected a header's name"),
        ("a: {bearer: {token: {json: $.t}}}", "", "expected one request that fetches the token"),
        ("a: {bearer: {get: /t}}", "", "sign_in.a.bearer.token: missing, expected where the"),
        ("a: {bearer: {get: /t, token: {json: t}}}", "", "`t` is not a JSON path"),
        (
            "a: {oauth2: {token_url: /t, client_id: c, grant: pasword}}",
            "",
            "did you mean `password`?",
        ),
        (
            "a: {oauth2: {token_url: /t, client_id: c, grant: password, user: u}}",
            "",
            "sign_in.a.oauth2.password: missing",
        ),
        (
            "a: {oauth2: {token_url: /t, client_id: c, grant: client_credentials, client_auth: x}}",
            "",
            "expected one of header, body",
        ),
        ("a: {session: [get: /], shared: true}", "", "cookies of a session are each user's own"),
        (
            "a: {aws: {service: s, region: r, access_key_id: k}}",
            "",
            "expected both `access_key_id` and `secret_access_key`, or neither",
        ),
        ("a: {basic: {user: u, password: p}, hosts: [example.org]}", "", "is not a URL, expected"),
        ("a: {basic: {user: '${nobody}', password: p}}", "", "no variable `nobody`"),
    ] {
        let class = if class.is_empty() { String::new() } else { format!("sign_in: {class}, ") };
        let text =
            format!("sign_in: {{{sign_in}}}\nusers: {{U: {{{class}tasks: {{a: [get: /x]}}}}}}");
        let found = with_host(&text);
        assert!(found.iter().any(|problem| problem.contains(message)), "{sign_in}: {found:?}");
        assert!(found.iter().all(|problem| problem.starts_with("s.yml:")), "{found:?}");
    }
}

#[test]
fn credentials_need_a_host_to_be_for() {
    let text = "sign_in: {a: {basic: {user: u, password: p}}}\n\
                users: {U: {sign_in: a, tasks: {a: [get: 'http://127.0.0.1/x']}}}";
    let found = problems(text, None);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("s.yml:2:22: users.U.sign_in: credentials are for the host"));
}

#[test]
fn habits_from_elsewhere_are_told_what_to_do_here() {
    for (task, message) in [
        ("[client.get: /x]", "a[0].client.get: unknown step; did you mean `get`?"),
        ("[get: {path: /x, params: {}}]", "params: unknown key; here it is `query`"),
        (
            "[post: {path: /x, data: {}}]",
            "data: unknown key; here it is one of `json`, `form`, `text`",
        ),
        ("interrupt", "found the text `interrupt`, expected a list of steps, such as"),
        ("[if: {when: iteration && 1, then: []}]", "; `and` is written out"),
        ("[if: {when: 'not ${iteration}', then: []}]", "; names within an expression have no"),
        ("[get: '/${iteration | rnd}']", "means nothing: there is no filter `rnd`"),
        ("[get: '/${uuid4()}']", "there is no function `uuid4`"),
        ("[get: {path: /x, capture: {v: {json: id}}}]", "these begin with `$`, such as `$.token`"),
        ("[wait: soon]", "expected a duration, such as 20 (seconds), 500ms, 3m"),
    ] {
        let found = with_host(&format!("users: {{U: {{tasks: {{a: {task}}}}}}}"));
        assert!(found.iter().any(|problem| problem.contains(message)), "{task}: {found:?}");
    }
    let fraction = "users: {U: {wait_time: {constant: 0.5}, tasks: {a: [wait: 0.25, get: /x]}}}";
    assert_eq!(with_host(fraction), [""; 0]);
}

#[test]
fn a_problem_with_test_data_is_none_of_who_takes_it() {
    let text = "data: {account: {file: none.csv}}\n\
                users: {U: {tasks: {a: [feed: account, get: '/${account.name}']}}}";
    let found = with_host(text);
    assert!(found.len() == 1 && found[0].contains("data.account.file"), "{found:?}");
}

#[test]
fn what_is_meant_is_shown() {
    for (scenario, message) in [
        (
            "wait_time: 1s, tasks: {a: [get: /x]}",
            "found the text `1s`, expected {between: [1s, 5s]}",
        ),
        ("tasks: {a: [gte: /x]}", "unknown step; did you mean `get`?"),
        ("tasks: {a: [get: {path: /x, timeout: 0}]}", "expected a duration above 0"),
        ("tasks: {a: [get: {path: /x, name: ''}]}", "expected a transaction's name"),
        ("tasks: {a: [get: {path: /x, expect: {status: '200'}}]}", "a number, without quotes"),
        ("tasks: {a: [get: '/${nobody}']}", "no variable `nobody` is set or captured"),
        ("tasks: {a: [get: {path: /x, capture: {v: {regex: '('}}}]}", "not a regular expression"),
        ("tasks: {a: [get: {path: /x, json: {}, text: x}]}", "a request has one body"),
        (
            "tasks: {a: [get: {path: /x, expect: {status: 7xx}}]}",
            "expected an HTTP status from 100 to 599, a class of them, such as 2xx",
        ),
        ("tasks: {a: [get: {path: /x, expect: {regex: '('}}]}", "not a regular expression"),
        ("tasks: {a: [get: {path: /x, expect: {json_path: {total: 1}}}]}", "is not a JSON path"),
        ("tasks: {a: [get: {path: /x, expect: {json_path: 1}}]}", "expected JSON paths, such as"),
        (
            "tasks: {a: [get: {path: /x, expect: {json_path: {$.a: {at_lest: 1}}}}]}",
            "users.U.tasks.a[0].get.expect.json_path.$.a.at_lest: unknown comparison; did you mean \
             `at_least`?",
        ),
        (
            "tasks: {a: [get: {path: /x, expect: {json_path: {$.a: {at_least: many}}}}]}",
            "found the text `many`, expected a number",
        ),
        (
            "tasks: {a: [get: {path: /x, expect: {json_path: {$.a: {length: {contains: 1}}}}}]}",
            "unknown comparison",
        ),
        (
            "tasks: {a: [get: {path: /x, expect: {json_path: {$.a: {count: x}}}}]}",
            "expected a number",
        ),
        ("tasks: {a: [get: {path: /x, expect: {headers: {x: {matches: '['}}}}]}", "not a regular"),
        (
            "tasks: {a: [get: {path: /x, expect: {headers: {x: {exists: 1}}}}]}",
            "expected true or false",
        ),
        (
            "tasks: {a: [get: {path: /x, expect: {size: {at_most: 1 TiB}}}]}",
            "expected a size up to",
        ),
        (
            "tasks: {a: [get: {path: /x, expect: {size: {at_least: 2, at_most: 1}}}]}",
            "expected no less than `at_least`",
        ),
        ("tasks: {a: [get: {path: /x, expect: {duration: 0s}}]}", "expected a duration above 0"),
        ("tasks: {}", "expected at least one task with a weight above 0"),
        ("weight: 0, tasks: {a: [get: /x]}", "at least one user class with a weight above 0"),
    ] {
        let found = with_host(&format!("users: {{U: {{{scenario}}}}}"));
        assert_eq!(found.len(), 1, "{scenario}: {found:?}");
        assert!(found[0].starts_with("s.yml:1:"), "{found:?}");
        assert!(found[0].contains(message), "{found:?}");
    }
}

#[test]
fn what_is_no_yaml_is_told_to_people() {
    for (text, message) in [
        ("users: {U: {: 1}}", "1:13: not valid YAML: expected a key before the `:`"),
        ("users:\n  [a]: 1\n", "2:3: not valid YAML: expected a text as a key"),
        (
            "users: {}\n---\nusers: {}\n",
            "3:1: not valid YAML: found a further document after `---` or `...`, expected one",
        ),
        ("users: .inf", "1:8: not valid YAML: expected a finite number"),
        ("a: [", "1:4: not valid YAML: unclosed bracket '['"),
    ] {
        assert_eq!(with_host(text), [format!("s.yml:{message}")], "{text}");
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_before_it_fills_the_stack() {
    let nested = |levels: usize| "{a: ".repeat(levels) + "1" + &"}".repeat(levels);
    assert!(with_host(&nested(40))[0].contains("users: missing"));
    let block: String = (0..2_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    for text in [nested(41), nested(10_000), "[".repeat(10_000), "- ".repeat(10_000), block] {
        let found = with_host(&text);
        let message =
            "not valid YAML: lists and mappings are nested too deep: 40 levels are the most";
        assert!(found.len() == 1 && found[0].contains(message), "{found:?}");
    }
}

/// What has a language of its own is not left to its parser where that would not end, or would end
/// the process.
#[test]
fn what_is_long_or_deep_within_a_text_is_read_or_refused_at_once() {
    let begun = Instant::now();
    for (before, after) in [
        ("get: '/${a", "}'"),
        ("get: '/${", "}'"),
        ("if: {condition: 'a", "', then: [get: /]}"),
        ("get: {path: /, capture: {v: {json: '$", "'}}}"),
        ("get: {path: /, capture: {v: {json: '$[?", "]'}}}"),
        ("get: {path: /, expect: {json_path: {'$[?", "]': 1}}}"),
        ("get: {path: /, capture: {v: {regex: '", "'}}}"),
    ] {
        let pieces = [
            "[0]",
            "(",
            "a(",
            "[",
            "{a: ",
            ".a",
            "..a",
            "|a",
            "+a",
            "-",
            "not ",
            "!",
            "[?@",
            "@[?",
            "(a",
            " if a else ",
        ];
        for (piece, times) in
            pieces.into_iter().flat_map(|piece| [8, 30, 80, 300, 4000].map(|n| (piece, n)))
        {
            let text =
                format!("users: {{U: {{tasks: {{a: [{before}{}{after}]}}}}}}", piece.repeat(times));
            assert!(with_host(&text).iter().all(|problem| problem.starts_with("s.yml:1:")));
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let deep = |piece: &str| {
        let text = piece.repeat(100);
        with_host(&format!(
            "users: {{U: {{tasks: {{a: [get: {{path: '/${{{text}}}', capture: {{v: {{json: '${text}'}}}}}}]}}}}}}"
        ))
    };
    let found = deep("(");
    assert!(found[0].contains("nested deeper than 32"), "{found:?}");
    assert!(
        found[1].contains("a JSON path is nested too deep: 8 levels are the most"),
        "{found:?}"
    );
}
