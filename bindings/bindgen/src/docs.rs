//! What crosses the boundary without a word on it: its documentation is the Kotlin's and the Swift's too.
use std::path::Path;

use uniffi_bindgen::macro_metadata::extract_from_bytes;
use uniffi_meta::{EnumMetadata, FieldMetadata, Metadata, Type};

/// One line for each thing without documentation, and for each call that fails without saying how.
pub(crate) fn lacking(library: &Path) -> Result<Vec<String>, String> {
    let bytes =
        std::fs::read(library).map_err(|why| format!("{} cannot be read: {why}", library.display()))?;
    let items = extract_from_bytes(&bytes).map_err(|why| format!("{}: {why:#}", library.display()))?;
    Ok(lacking_in(&items))
}

fn lacking_in(items: &[Metadata]) -> Vec<String> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Metadata::Func(of) => call(&mut found, &of.name, of.throws.as_ref(), of.docstring.as_ref()),
            Metadata::Constructor(of) => {
                let name = format!("{}.{}", of.self_name, of.name);
                call(&mut found, &name, of.throws.as_ref(), of.docstring.as_ref());
            }
            Metadata::Method(of) => {
                let name = format!("{}.{}", of.self_name, of.name);
                call(&mut found, &name, of.throws.as_ref(), of.docstring.as_ref());
            }
            Metadata::TraitMethod(of) => {
                let name = format!("{}.{}", of.trait_name, of.name);
                call(&mut found, &name, of.throws.as_ref(), of.docstring.as_ref());
            }
            Metadata::Record(of) => {
                thing(&mut found, &of.name, of.docstring.as_ref());
                fields(&mut found, &of.name, &of.fields);
            }
            Metadata::Enum(of) => variants(&mut found, of),
            Metadata::Object(of) => thing(&mut found, &of.name, of.docstring.as_ref()),
            Metadata::CallbackInterface(of) => thing(&mut found, &of.name, of.docstring.as_ref()),
            // A custom type is a type of the other language, which has its own words.
            Metadata::CustomType(_)
            | Metadata::Namespace(_)
            | Metadata::UdlFile(_)
            | Metadata::UniffiTrait(_)
            | Metadata::ObjectTraitImpl(_) => {}
        }
    }
    found.sort();
    found
}

fn thing(found: &mut Vec<String>, name: &str, words: Option<&String>) {
    if words.is_none_or(|words| words.trim().is_empty()) {
        found.push(format!("{name} has no documentation"));
    }
}

fn call(found: &mut Vec<String>, name: &str, throws: Option<&Type>, words: Option<&String>) {
    thing(found, name, words);
    if throws.is_some() && words.is_some_and(|words| !words.contains("# Errors")) {
        found.push(format!("{name} can fail and does not say how (`# Errors`)"));
    }
}

fn fields(found: &mut Vec<String>, owner: &str, fields: &[FieldMetadata]) {
    for field in fields {
        thing(found, &format!("{owner}.{}", field.name), field.docstring.as_ref());
    }
}

fn variants(found: &mut Vec<String>, of: &EnumMetadata) {
    thing(found, &of.name, of.docstring.as_ref());
    for variant in &of.variants {
        let name = format!("{}.{}", of.name, variant.name);
        thing(found, &name, variant.docstring.as_ref());
        fields(found, &name, &variant.fields);
    }
}

#[cfg(test)]
mod tests {
    use uniffi_meta::{FnMetadata, RecordMetadata};

    use super::*;

    fn function(words: Option<&str>, fails: bool) -> Metadata {
        let error = Type::Enum { module_path: "x".into(), name: "MailError".into() };
        Metadata::Func(FnMetadata {
            module_path: "x".into(),
            name: "open".into(),
            orig_name: None,
            is_async: false,
            inputs: Vec::new(),
            return_type: None,
            throws: fails.then_some(error),
            checksum: None,
            docstring: words.map(str::to_owned),
        })
    }

    #[test]
    fn a_call_without_words_or_without_its_errors_is_found() {
        assert_eq!(lacking_in(&[function(None, false)]), ["open has no documentation"]);
        let silent = lacking_in(&[function(Some("Opens."), true)]);
        assert_eq!(silent, ["open can fail and does not say how (`# Errors`)"]);
        let good = [function(Some("Opens.\n\n# Errors\nNone."), true), function(Some("Opens."), false)];
        assert_eq!(lacking_in(&good), Vec::<String>::new());
    }

    #[test]
    fn a_field_without_words_is_found() {
        let record = Metadata::Record(RecordMetadata {
            module_path: "x".into(),
            name: "UsageView".into(),
            orig_name: None,
            remote: false,
            fields: vec![FieldMetadata {
                name: "bytes".into(),
                orig_name: None,
                ty: Type::UInt64,
                default: None,
                docstring: None,
            }],
            docstring: Some("What an account takes.".into()),
        });
        assert_eq!(lacking_in(&[record]), ["UsageView.bytes has no documentation"]);
    }
}
