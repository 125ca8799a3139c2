//! As much of JSON Schema as `docs/report.schema.json` uses.

use serde_json::Value;

/// What is wrong with `value`, each with its place.
pub(crate) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    Check { root: schema, problems: &mut problems }.check(schema, value, "$");
    problems
}

struct Check<'a> {
    root: &'a Value,
    problems: &'a mut Vec<String>,
}

impl Check<'_> {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let target = self.root.pointer(name.trim_start_matches('#')).expect("a known $ref");
            return self.check(&target.clone(), value, at);
        }
        let types: Vec<_> = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        self.expect(types.is_empty() || types.iter().any(|t| is(t, value)), at, "has another type");
        self.expect(schema.get("const").is_none_or(|c| c == value), at, "is not the constant");
        let among = schema["enum"].as_array().is_none_or(|among| among.contains(value));
        self.expect(among, at, "is not among the words");
        let least = schema["minimum"].as_f64().zip(value.as_f64());
        self.expect(least.is_none_or(|(least, value)| value >= least), at, "is too small");
        self.object(schema, value, at);
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(&schema["items"], item, &format!("{at}[{index}]"));
        }
    }

    fn object(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(object) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.expect(object.contains_key(name), at, &format!("lacks {name}"));
        }
        for (name, value) in object {
            let at = format!("{at}.{name}");
            match (schema["properties"].get(name), &schema["additionalProperties"]) {
                (Some(property), _) => self.check(property, value, &at),
                (None, Value::Object(other)) => {
                    self.check(&Value::Object(other.clone()), value, &at);
                }
                (None, _) => self.expect(false, &at, "is not described"),
            }
        }
    }

    fn expect(&mut self, holds: bool, at: &str, problem: &str) {
        if !holds {
            self.problems.push(format!("{at} {problem}"));
        }
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    }
}
