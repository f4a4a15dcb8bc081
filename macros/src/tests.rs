//! Snapshot tests of the code that the macro generates for a few declarations.

use syn::{DeriveInput, parse_quote};

fn expands_to_snapshot(name: &str, declaration: &DeriveInput) {
    let file = syn::parse2(crate::expand::derive(declaration)).unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/snapshots/expansions");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, prettyplease::unparse(&file)));
}

/// Neighbouring numbers form one run, with one bounds check and one array.
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

/// A length field that is not directly before the field that it describes.
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

/// All errors of a declaration are reported, and stub impls are generated.
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
