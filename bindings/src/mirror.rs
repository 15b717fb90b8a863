//! Writes an enum of the core once more for the boundary, with the ways there and back.

/// An enum whose variants hold nothing, the same on both sides.
macro_rules! mirrored {
    ($(#[$doc:meta])* pub enum $name:ident = $core:path { $($(#[$vdoc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl From<$core> for $name {
            fn from(it: $core) -> Self {
                match it { $(<$core>::$variant => Self::$variant,)* }
            }
        }

        impl From<$name> for $core {
            fn from(it: $name) -> Self {
                match it { $($name::$variant => <$core>::$variant,)* }
            }
        }
    };
}

pub(crate) use mirrored;

/// Each of many, mirrored.
pub(crate) fn all<T, U: From<T>>(many: impl IntoIterator<Item = T>) -> Vec<U> {
    many.into_iter().map(U::from).collect()
}
