//! The arguments of `matches!`.

use syn::parse::{Parse, ParseStream};
use syn::{Expr, Pat, Token};

pub(crate) struct Matches {
    pub(crate) value: Expr,
    pub(crate) pattern: Pat,
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![,]>()?;
        let mut pattern = Pat::parse_multi_with_leading_vert(input)?;
        if let Some(if_token) = input.parse()? {
            let (pat, guard) = (Box::new(pattern), Box::new(input.parse()?));
            pattern = Pat::Guard(syn::PatGuard { attrs: Vec::new(), pat, if_token, guard });
        }
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { value, pattern })
    }
}
