//! All that crosses the boundary as text: one line for each thing, in an order that no build changes.
//!
//! Blocks are sorted by kind and name, methods by name. Fields, variants and the methods of foreign traits stay in the order
//! of the source, since that order is how they cross. Documentation is left out: it changes nothing at run time.
use std::collections::BTreeMap;
use std::path::Path;

use uniffi_bindgen::macro_metadata::extract_from_bytes;
use uniffi_meta::{
    EnumMetadata, EnumShape, FieldMetadata, FnParamMetadata, Metadata, ObjectImpl, TraitKind, Type,
    UniffiTraitMetadata, VariantMetadata,
};

/// The listing of a library that was built, read from its own metadata.
pub(crate) fn of_library(library: &Path) -> Result<String, String> {
    let bytes =
        std::fs::read(library).map_err(|why| format!("{} cannot be read: {why}", library.display()))?;
    let items = extract_from_bytes(&bytes).map_err(|why| format!("{}: {why:#}", library.display()))?;
    if items.is_empty() {
        return Err(format!("{} exports nothing", library.display()));
    }
    Ok(of(items))
}

/// The listing of these items.
fn of(items: Vec<Metadata>) -> String {
    let mut listing = Listing::default();
    for item in items {
        listing.take(item);
    }
    listing.text()
}

#[derive(Default)]
struct Listing {
    /// The first line of each block, by kind and name.
    heads: BTreeMap<(&'static str, String), String>,
    /// What belongs to a name, whichever kind it is of: a method may come before its object.
    members: BTreeMap<String, BTreeMap<Place, String>>,
}

/// Where a member stands: those that have an order of their own come in it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Ordered(usize),
    Constructor(String),
    Named(String),
    Trait(String),
}

impl Listing {
    fn text(mut self) -> String {
        let mut lines = Vec::new();
        for ((kind, name), head) in self.heads {
            lines.push(format!("{kind} {name}{head}"));
            let members = self.members.remove(&name).unwrap_or_default();
            lines.extend(members.into_values().map(|member| format!("    {member}")));
        }
        for (name, members) in self.members {
            lines.push(format!("nothing {name}"));
            lines.extend(members.into_values().map(|member| format!("    {member}")));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn head(&mut self, kind: &'static str, name: String, rest: String) {
        self.heads.insert((kind, name), rest);
    }

    fn member(&mut self, owner: &str, place: Place, text: String) {
        self.members.entry(owner.to_owned()).or_default().insert(place, text);
    }

    fn take(&mut self, item: Metadata) {
        match item {
            Metadata::Namespace(_) | Metadata::UdlFile(_) => {}
            Metadata::Constructor(of) => {
                let text = call(of.is_async, &of.name, &of.inputs, None, of.throws.as_ref());
                self.member(&of.self_name, Place::Constructor(of.name), format!("constructor {text}"));
            }
            Metadata::Method(of) => {
                let text =
                    call(of.is_async, &of.name, &of.inputs, of.return_type.as_ref(), of.throws.as_ref());
                self.member(&of.self_name, Place::Named(of.name), text);
            }
            Metadata::TraitMethod(of) => {
                let text =
                    call(of.is_async, &of.name, &of.inputs, of.return_type.as_ref(), of.throws.as_ref());
                self.member(&of.trait_name, Place::Ordered(of.index as usize), text);
            }
            Metadata::UniffiTrait(derived) => {
                let name = trait_name(&derived);
                self.member(derived.self_name(), Place::Trait(name.to_owned()), format!("is {name}"));
            }
            Metadata::ObjectTraitImpl(of) => {
                let name = name_of(&of.trait_ty);
                let text = format!("is {name}");
                self.member(&name_of(&of.ty), Place::Trait(name), text);
            }
            Metadata::Func(of) => {
                let kind = if of.is_async { "async function" } else { "function" };
                let rest = parameters(&of.inputs) + &result(of.return_type.as_ref(), of.throws.as_ref());
                self.head(kind, of.name, rest);
            }
            Metadata::Object(of) => self.head(object_kind(of.imp), of.name, String::new()),
            Metadata::CallbackInterface(of) => self.head("foreign callback", of.name, String::new()),
            Metadata::CustomType(of) => self.head("custom", of.name, format!(" = {}", name_of(&of.builtin))),
            Metadata::Record(of) => {
                for (index, field) in of.fields.iter().enumerate() {
                    self.member(&of.name, Place::Ordered(index), field_text(field));
                }
                self.head("record", of.name, String::new());
            }
            Metadata::Enum(of) => self.take_enum(of),
        }
    }

    fn take_enum(&mut self, of: EnumMetadata) {
        for (index, variant) in of.variants.iter().enumerate() {
            self.member(&of.name, Place::Ordered(index), variant_text(variant));
        }
        let kind = match of.shape {
            EnumShape::Enum => "enum",
            EnumShape::Error { flat: false } => "error",
            EnumShape::Error { flat: true } => "flat error",
        };
        let rest = if of.non_exhaustive { " (more may come)" } else { "" };
        self.head(kind, of.name, rest.to_owned());
    }
}

fn object_kind(made: ObjectImpl) -> &'static str {
    match made {
        ObjectImpl::Struct => "object",
        ObjectImpl::Trait(TraitKind::RustOnly) => "trait",
        ObjectImpl::Trait(TraitKind::Both) => "trait for both",
        ObjectImpl::Trait(TraitKind::ForeignOnly) => "foreign trait",
    }
}

fn variant_text(variant: &VariantMetadata) -> String {
    let fields: Vec<_> = variant.fields.iter().map(field_text).collect();
    let number = variant.discr.as_ref().map_or_else(String::new, |number| format!(" = {number:?}"));
    if fields.is_empty() {
        format!("{}{number}", variant.name)
    } else {
        format!("{} {{ {} }}{number}", variant.name, fields.join(", "))
    }
}

fn field_text(field: &FieldMetadata) -> String {
    let default = field.default.as_ref().map_or_else(String::new, |value| format!(" = {value:?}"));
    format!("{}: {}{default}", field.name, name_of(&field.ty))
}

fn call(
    waits: bool,
    name: &str,
    inputs: &[FnParamMetadata],
    gives: Option<&Type>,
    throws: Option<&Type>,
) -> String {
    let waits = if waits { "async " } else { "" };
    format!("{waits}{name}{}{}", parameters(inputs), result(gives, throws))
}

fn parameters(inputs: &[FnParamMetadata]) -> String {
    let inputs: Vec<_> = inputs
        .iter()
        .map(|input| {
            let default = input.default.as_ref().map_or_else(String::new, |value| format!(" = {value:?}"));
            format!("{}: {}{default}", input.name, name_of(&input.ty))
        })
        .collect();
    format!("({})", inputs.join(", "))
}

fn result(gives: Option<&Type>, throws: Option<&Type>) -> String {
    let gives = gives.map_or_else(String::new, |kind| format!(" -> {}", name_of(kind)));
    let throws = throws.map_or_else(String::new, |kind| format!(" throws {}", name_of(kind)));
    gives + &throws
}

fn name_of(kind: &Type) -> String {
    match kind {
        Type::Optional { inner_type } => format!("Option<{}>", name_of(inner_type)),
        Type::Sequence { inner_type } => format!("Vec<{}>", name_of(inner_type)),
        Type::Set { inner_type } => format!("Set<{}>", name_of(inner_type)),
        Type::Box { inner_type } => name_of(inner_type),
        Type::Map { key_type, value_type } => {
            format!("Map<{}, {}>", name_of(key_type), name_of(value_type))
        }
        named => named.name().map_or_else(|| format!("{named:?}"), str::to_owned),
    }
}

fn trait_name(derived: &UniffiTraitMetadata) -> &'static str {
    match derived {
        UniffiTraitMetadata::Debug { .. } => "Debug",
        UniffiTraitMetadata::Display { .. } => "Display",
        UniffiTraitMetadata::Eq { .. } => "Eq",
        UniffiTraitMetadata::Hash { .. } => "Hash",
        UniffiTraitMetadata::Ord { .. } => "Ord",
    }
}

#[cfg(test)]
mod tests {
    use uniffi_meta::{CustomTypeMetadata, MethodMetadata, ObjectMetadata, RecordMetadata};

    use super::*;

    fn field(name: &str, ty: Type) -> FieldMetadata {
        FieldMetadata { name: name.into(), orig_name: None, ty, default: None, docstring: None }
    }

    fn record(fields: Vec<FieldMetadata>) -> Metadata {
        let (module_path, name) = ("x".into(), "UsageView".into());
        Metadata::Record(RecordMetadata {
            module_path,
            name,
            orig_name: None,
            remote: false,
            fields,
            docstring: None,
        })
    }

    fn method(name: &str, throws: Option<Type>, docstring: Option<String>) -> Metadata {
        Metadata::Method(MethodMetadata {
            module_path: "x".into(),
            self_name: "MailCore".into(),
            name: name.into(),
            orig_name: None,
            is_async: true,
            inputs: vec![FnParamMetadata::simple("first", Type::UInt32)],
            return_type: Some(Type::Sequence { inner_type: Box::new(Type::String) }),
            throws,
            takes_self_by_arc: false,
            checksum: None,
            docstring,
        })
    }

    fn object() -> Metadata {
        let (module_path, name) = ("x".into(), "MailCore".into());
        let imp = ObjectImpl::Struct;
        Metadata::Object(ObjectMetadata {
            module_path,
            name,
            orig_name: None,
            remote: false,
            imp,
            docstring: None,
        })
    }

    #[test]
    fn a_field_that_is_added_moved_or_of_another_type_shows() {
        let before = of(vec![record(vec![field("a", Type::UInt64), field("b", Type::String)])]);
        assert_eq!(before, "record UsageView\n    a: UInt64\n    b: String\n");
        let optional = Type::Optional { inner_type: Box::new(Type::String) };
        for after in [
            vec![field("a", Type::UInt64), field("b", Type::String), field("c", Type::Boolean)],
            vec![field("b", Type::String), field("a", Type::UInt64)],
            vec![field("a", Type::UInt64), field("b", optional)],
        ] {
            assert_ne!(of(vec![record(after)]), before);
        }
    }

    #[test]
    fn the_order_of_the_library_and_its_docs_change_nothing() {
        let one = of(vec![method("threads", None, None), object(), method("page", None, None)]);
        let other =
            of(vec![object(), method("page", None, Some("Changed.".into())), method("threads", None, None)]);
        assert_eq!(one, other);
        let lines: Vec<_> = one.lines().collect();
        assert_eq!(
            lines,
            [
                "object MailCore",
                "    async page(first: UInt32) -> Vec<String>",
                "    async threads(first: UInt32) -> Vec<String>"
            ]
        );
    }

    #[test]
    fn a_call_that_throws_now_shows_and_so_does_a_custom_type() {
        let error = Type::Enum { module_path: "x".into(), name: "MailError".into() };
        let text = of(vec![object(), method("page", Some(error), None)]);
        assert!(text.contains("-> Vec<String> throws MailError\n"), "{text}");
        let custom = Metadata::CustomType(CustomTypeMetadata {
            module_path: "x".into(),
            name: "Timestamp".into(),
            orig_name: None,
            builtin: Type::Int64,
            docstring: None,
        });
        assert_eq!(of(vec![custom]), "custom Timestamp = Int64\n");
    }
}
