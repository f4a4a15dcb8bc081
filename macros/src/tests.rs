//! Golden expansions: the code that the macro writes for a few declarations, kept with the other
//! snapshots.

use syn::{DeriveInput, parse_quote};

/// Compares the expansion of a declaration with the snapshot of this name.
fn expands_to_snapshot(name: &str, declaration: &DeriveInput) {
    let file = syn::parse2(crate::expand::derive(declaration)).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/snapshots/expansions");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, prettyplease::unparse(&file)));
}

/// Joins neighbouring numbers in one run: one bounds check, one array.
#[test]
fn run() {
    expands_to_snapshot(
        "run",
        &parse_quote! {
            #[frame(be)]
            struct ChatMsg {
                sender: u32,
                receiver: u32,
                kind: u8,
                #[len_prefixed]
                body: Vec<u8>,
            }
        },
    );
}

/// Reserves and patches a length that is not directly before the bytes that it counts.
#[test]
fn auto() {
    expands_to_snapshot(
        "auto",
        &parse_quote! {
            #[frame(le)]
            struct Packet {
                #[len_of(body)]
                length: Auto<u16>,
                kind: u8,
                body: Vec<u8>,
            }
        },
    );
}

/// Dispatches by tag.
#[test]
fn tagged() {
    expands_to_snapshot(
        "tagged",
        &parse_quote! {
            #[frame(tag = u8)]
            enum Kind {
                #[tag(1)]
                Text,
                #[tag(_)]
                Other(#[tag] u8),
            }
        },
    );
}

/// Reports all errors of a wrong declaration and emits stub impls.
#[test]
fn faulty() {
    expands_to_snapshot(
        "faulty",
        &parse_quote! {
            struct Faulty {
                number: u16,
                text: String,
            }
        },
    );
}
