//! The names of variables in the blocks of a function.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Gives each variable of a program its name. If a name is already used for another variable, a
/// number is appended.
#[derive(Default)]
pub(in crate::view) struct Names {
    blocks: Vec<BTreeMap<String, String>>,
    taken: Vec<String>,
}

#[cfg(feature = "testing")]
/// Returns `true` for a parameter of the functions of a frame, or of the functions within them.
fn is_parameter(name: &str) -> bool {
    matches!(name, "r" | "w" | "v" | "item" | "tag" | "at" | "end") || name.starts_with("ctx")
}

impl Names {
    pub(in crate::view) fn enter(&mut self) {
        self.blocks.push(BTreeMap::new());
    }

    pub(in crate::view) fn leave(&mut self) {
        self.blocks.pop();
    }

    /// Returns an unused name, for a variable that only the printer needs.
    pub(in crate::view) fn spare(&mut self, name: &str) -> String {
        let mut given = name.to_string();
        let mut number = 1;
        while self.taken.contains(&given) {
            number += 1;
            given = format!("{name}_{number}");
        }
        self.taken.push(given.clone());
        given
    }

    /// Declares a variable in the innermost block, and returns its name.
    pub(in crate::view) fn declare(&mut self, name: &str) -> String {
        let given = self.spare(name);
        if let Some(block) = self.blocks.last_mut() {
            block.insert(name.to_string(), given.clone());
        }
        given
    }

    /// Returns the name of a variable, which is a parameter or declared in this block or around it.
    pub(in crate::view) fn of(&self, name: &str) -> String {
        let found = self.blocks.iter().rev().find_map(|block| block.get(name));
        // Any program that a test generates is checked.
        #[cfg(feature = "testing")]
        assert!(found.is_some() || is_parameter(name), "`{name}` is not declared where it is used");
        found.cloned().unwrap_or_else(|| name.to_string())
    }
}
