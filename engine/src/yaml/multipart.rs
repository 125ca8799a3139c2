//! Forms with files.

use bytes::Bytes;
use http::HeaderValue;

use super::Reading;
use crate::{
    document::{Entry, Fields, Node, Value},
    http::{Part, encode_multipart},
    template::{NoValue, Scope, Template},
};

/// A part of a form, with holes.
pub(super) struct PartTemplate {
    name: String,
    content: Content,
    content_type: Option<Template>,
}

enum Content {
    Text(Template),
    File { content: Bytes, filename: Template },
}

/// Reads `multipart`: parts by their names, or lists of them.
pub(super) fn read(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Vec<PartTemplate>> {
    let node = fields.node("multipart")?;
    let Value::Map(entries) = &node.value else {
        let message = format!(
            "found {}, expected parts by name, such as {{title: A text, picture: {{file: a.png}}}}",
            node.describe()
        );
        fields.reject("multipart", message);
        return None;
    };
    let path = fields.key("multipart");
    Some(entries.iter().flat_map(|entry| read_entry(entry, &path, reading)).collect())
}

fn read_entry(entry: &Entry, path: &str, reading: &Reading<'_>) -> Vec<PartTemplate> {
    let path = format!("{path}.{}", entry.key);
    let Value::List(items) = &entry.node.value else {
        return read_part(&entry.key, &entry.node, &path, reading).into_iter().collect();
    };
    let items = items.iter().enumerate();
    items
        .filter_map(|(i, item)| read_part(&entry.key, item, &format!("{path}[{i}]"), reading))
        .collect()
}

fn read_part(name: &str, node: &Node, path: &str, reading: &Reading<'_>) -> Option<PartTemplate> {
    let name = name.to_owned();
    if !matches!(node.value, Value::Map(_)) {
        let content = Content::Text(reading.template_of(node, path)?);
        return Some(PartTemplate { name, content, content_type: None });
    }
    let mut fields = reading.fields(node, path)?;
    let content_type = read_template(&mut fields, "content_type", reading);
    let filename = read_template(&mut fields, "filename", reading);
    let (file, text) = (fields.node("file"), read_template(&mut fields, "text", reading));
    let content = match (file, text) {
        (Some(file), None) => {
            let path = fields.key("file");
            let content = Bytes::from_owner(reading.file(file, &path)?);
            let own_name = file.text().and_then(|file| file.rsplit('/').next()).unwrap_or_default();
            let filename = filename.or_else(|| reading.template(own_name, &file.place, &path))?;
            Some(Content::File { content, filename })
        }
        (None, Some(text)) if filename.is_none() => Some(Content::Text(text)),
        _ => {
            let message = "expected a `file`, which may have a `filename`, or a `text`";
            reading.reject(fields.place(), fields.path(), message);
            None
        }
    };
    fields.finish();
    Some(PartTemplate { name, content: content?, content_type })
}

fn read_template(
    fields: &mut Fields<'_>,
    key: &'static str,
    reading: &Reading<'_>,
) -> Option<Template> {
    let node = fields.node(key)?;
    reading.template_of(node, &fields.key(key))
}

/// The body and its content type, with the holes filled.
pub(super) fn render(
    parts: &[PartTemplate],
    scope: &mut Scope<'_>,
) -> Result<(HeaderValue, Bytes), NoValue> {
    let parts: Vec<_> = parts.iter().map(|part| part.render(scope)).collect::<Result<_, _>>()?;
    Ok(encode_multipart(&parts, scope.random.bits()))
}

impl PartTemplate {
    fn render(&self, scope: &mut Scope<'_>) -> Result<Part, NoValue> {
        let part = match &self.content {
            Content::Text(text) => Part::text(&self.name, text.render(scope)?),
            Content::File { content, filename } => {
                Part::file(&self.name, filename.render(scope)?, content.clone())
            }
        };
        Ok(match &self.content_type {
            Some(content_type) => part.content_type(content_type.render(scope)?),
            None => part,
        })
    }
}
