//! A user's variables.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;

use crate::secret::secrets;

/// What a user has captured or set, by name.
#[derive(Clone, Debug, Default)]
pub struct Variables(HashMap<Arc<str>, Value>);

impl Variables {
    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The values that must not be shown: those of variables whose names say so, and of keys in
    /// them, such as the columns of test data.
    pub fn secrets(&self) -> Vec<&str> {
        self.0.iter().flat_map(|(name, value)| secrets(name, value)).collect()
    }

    /// Sets a variable, or forgets it; returns the value that it had.
    pub(crate) fn swap(&mut self, name: &Arc<str>, value: Option<Value>) -> Option<Value> {
        match value {
            Some(value) => self.0.insert(Arc::clone(name), value),
            None => self.0.remove(name),
        }
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(known) = self.0.get_mut(name) {
            *known = value;
        } else {
            self.0.insert(name.into(), value);
        }
    }

    /// Takes a variable away.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }
}

/// A value as it stands within a text: a string without its quotes.
pub fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_of_rows_are_secret_as_variables_are() {
        let mut variables = Variables::default();
        variables.set("account", json!({"name": "ann", "password": "hidden"}));
        variables.set("token", json!({"type": "t1", "parts": ["t2", 3]}));
        variables.set("price", json!(7));
        let mut found = variables.secrets();
        found.sort_unstable();
        assert_eq!(found, ["hidden", "t1", "t2"]);
    }
}
