//! Which model each destination is meant to have.

use std::collections::BTreeMap;

use crate::{
    domain::{DestinationKind, Model},
    incident::Target,
};

/// The word for all public interfaces.
const PUBLIC: &str = "public";

/// The models that are intended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intents {
    /// Of every destination that is not named.
    others: Option<Model>,
    /// By the gateway's id, or `public`.
    named: BTreeMap<String, Model>,
}

impl Intents {
    /// Reads `high`, for every destination, and `c4f1…=maximum`, for one gateway; or `public=high`. Of several, those that
    /// name a destination go before the one that does not.
    ///
    /// # Errors
    ///
    /// Each part that cannot be read.
    pub fn read<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<Intents, Vec<String>> {
        let mut intents = Intents::default();
        let mut mistakes = Vec::new();
        for part in parts {
            if let Err(mistake) = intents.add(part) {
                mistakes.push(mistake);
            }
        }
        if mistakes.is_empty() { Ok(intents) } else { Err(mistakes) }
    }

    fn add(&mut self, part: &str) -> Result<(), String> {
        let (id, word) = part.split_once('=').map_or((None, part), |(id, word)| (Some(id.trim()), word.trim()));
        let model: Model = word.parse()?;
        let Some(id) = id else {
            return match self.others.replace(model) {
                None => Ok(()),
                Some(_) => Err(format!("{part:?} is a second model for all destinations; name one as in vgw-1={word}")),
            };
        };
        if id.is_empty() {
            return Err(format!("{part:?} names no gateway before the equals sign"));
        }
        match self.named.insert(id.to_owned(), model) {
            None => Ok(()),
            Some(_) => Err(format!("{id:?} has two models")),
        }
    }

    /// The same for gateways that are called otherwise.
    #[must_use]
    pub fn renamed(self, called: impl Fn(&str) -> String) -> Intents {
        let rename = |id: String| if id == PUBLIC { id } else { called(&id) };
        Intents { named: self.named.into_iter().map(|(id, model)| (rename(id), model)).collect(), ..self }
    }

    /// The model that a destination is meant to have.
    pub fn of(&self, target: &Target) -> Option<Model> {
        let name = if target.kind == DestinationKind::Public { PUBLIC } else { &target.id };
        self.named.get(name).copied().or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(kind: DestinationKind, id: &str) -> Target {
        Target { kind, id: id.to_owned(), family: "ipv4".to_owned() }
    }

    #[test]
    fn what_is_named_goes_before_what_is_meant_for_all() {
        let intents = Intents::read(["vgw-1 = maximum", "high", "public=none"]).unwrap();
        assert_eq!(intents.of(&target(DestinationKind::VirtualGateway, "vgw-1")), Some(Model::Maximum));
        assert_eq!(intents.of(&target(DestinationKind::VirtualGateway, "vgw-2")), Some(Model::High));
        assert_eq!(intents.of(&target(DestinationKind::Public, "123456789012")), Some(Model::None));
        let named = Intents::read(["vgw-1=high"]).unwrap();
        assert_eq!(named.of(&target(DestinationKind::VirtualGateway, "vgw-2")), None);
    }

    #[test]
    fn every_part_that_is_wrong_is_named() {
        let mistakes = Intents::read(["best", "vgw-1=high", "vgw-1=none", "high", "none", "=high"]).unwrap_err();
        insta::assert_snapshot!(mistakes.join("\n"), @r#"
        "best" is not a resiliency model; they are maximum, high, development, none
        "vgw-1" has two models
        "none" is a second model for all destinations; name one as in vgw-1=none
        "=high" names no gateway before the equals sign
        "#);
    }
}
