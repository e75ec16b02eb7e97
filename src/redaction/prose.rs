//! Sentences of the program's own, as they stand in stored documents: their words stay, and what names something becomes
//! its pseudonym. What is neither is taken out.

use std::{cmp::Reverse, collections::BTreeSet, sync::LazyLock};

use super::{forms::has_prefix, ids::is_address, pseudonyms::Redactor, sorts::Sort, vocabulary};
use crate::domain::is_account;

/// What stands for what was taken out.
const TAKEN_OUT: &str = "[…]";
/// The longest number that is a count.
const LONGEST_COUNT: usize = 5;

/// The words of the sentences, in small letters.
const WORDS: &str = "a about above absent accept accepted accepts account addresses after again all allocate alone \
    already amount amounted amounts an and another any api are associate association associations at attributes aws \
    aws's be been before began begin begun behind being below bgp both bring brought by call calls came cannot \
    carries carry change changed changes circuit cloudtrail come compared configuration configured confirm connect \
    connection connections count counted covered create customer day dbm delete deleted described destination \
    destinations detached device devices direct disassociate does done down drop drops each encryption end ended \
    error errors everywhere failover fallen falls family fell filter first for from full gateway gateways gbit/s \
    goes gone group had has have health here hosted identity in incident intended interconnect interface interfaces \
    into is issue it its itself key keys kind known lag lags lane last least left less light limit link links list \
    listed location locations longer loses lost mac macsec maintenance management may meant metrics minimum minutes \
    model more most moved name neither network never new no none nor not notice now number of off on once one only \
    or other others over own owner part partly path paths peer peers planned point port port's ports prefixes \
    present private proposal provider provider's public put received region reject released removed report reported \
    resilience resiliency resource role root route router routes runs same sec seen sent service session sessions \
    set several since single so some spare start started state stays still stop stopped tag take taken takes test \
    than that the their them then there these they this those through till to too transit two typically uncovered \
    unknown untag until up update updated user usual utc virtual was watched went were what when which while will \
    with withdrawn within without work works yet";

static KNOWN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

impl Redactor {
    /// A sentence, in which the originals of `known` may stand, several words long as they are.
    pub(super) fn sentence(&self, text: &str, known: &[(String, String)]) -> String {
        let mut known: Vec<&(String, String)> = known.iter().filter(|(original, _)| !original.is_empty()).collect();
        known.sort_by_key(|(original, _)| Reverse(original.len()));
        let mut words: Vec<String> = Vec::new();
        for piece in pieces(text, &known) {
            match piece {
                Piece::Known(pseudonym) => words.push(pseudonym.to_owned()),
                Piece::Text(text) => words.extend(self.words(text)),
            }
        }
        joined(&words)
    }

    /// The words of a piece. A blank stands for each run of white space.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let is_blank = |character: char| character.is_whitespace();
        for (place, word) in text.split(is_blank).enumerate() {
            if place > 0 {
                words.push(" ".to_owned());
            }
            if !word.is_empty() {
                words.push(self.inert(word));
            }
        }
        words
    }

    /// A word with the punctuation around it.
    fn inert(&self, word: &str) -> String {
        let is_mark = |character: char| "()[]{}.,:;!?'\"".contains(character);
        let core = word.trim_matches(is_mark);
        let from = word.len() - word.trim_start_matches(is_mark).len();
        match core {
            "" => word.to_owned(),
            _ => format!("{}{}{}", &word[..from], self.replaced(core), &word[from + core.len()..]),
        }
    }

    fn replaced(&self, core: &str) -> String {
        if let Some(given) = self.given(&[Sort::Device, Sort::Location, Sort::Name], core) {
            return given;
        }
        let is_word = is_a_word(core) || is_an_operation(core) || vocabulary::is_known(core);
        if is_word || is_a_count(core) || is_a_time(core) {
            return core.to_owned();
        }
        if is_account(core) || is_address(core) || self.is_an_id(core) {
            return self.id(core);
        }
        TAKEN_OUT.to_owned()
    }

    /// Whether it is an id that was replaced elsewhere, or has the form of one.
    fn is_an_id(&self, core: &str) -> bool {
        self.given(&[Sort::Id, Sort::Uuid], core).is_some()
            || core.parse::<uuid::Uuid>().is_ok()
            || core.split(':').next().is_some_and(has_prefix)
    }
}

enum Piece<'t> {
    Known(&'t str),
    Text(&'t str),
}

/// The text, cut at what is known. A known original stands by itself: no letter or digit is before or behind it.
fn pieces<'t>(text: &'t str, known: &[&'t (String, String)]) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while at < text.len() {
        let is_alone = |from: usize, until: usize| {
            let ends = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
            ends(text[..from].chars().next_back()) && ends(text[until..].chars().next())
        };
        let found = known
            .iter()
            .find(|(original, _)| text[at..].starts_with(original.as_str()) && is_alone(at, at + original.len()));
        if let Some((original, pseudonym)) = found {
            pieces.extend([Piece::Text(&text[begin..at]), Piece::Known(pseudonym)]);
            at += original.len();
            begin = at;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    pieces.push(Piece::Text(&text[begin..]));
    pieces
}

fn is_bracket(character: char) -> bool {
    "()[]{}'\"".contains(character)
}

/// The words as one text. Of several in a row that were taken out, one mark is left, and what stood behind the last.
fn joined(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        match word.split_once(TAKEN_OUT) {
            Some((_, behind)) if text.trim_end().ends_with(TAKEN_OUT) => {
                text.truncate(text.trim_end().len());
                text.push_str(behind.trim_matches(is_bracket));
            }
            _ if word == " " && text.ends_with(' ') => {}
            _ => text.push_str(word),
        }
    }
    text.trim_end().to_owned()
}

fn is_a_word(core: &str) -> bool {
    core.to_ascii_lowercase().split('-').all(|word| KNOWN.contains(word))
}

/// `DeleteVirtualInterface`: an operation of AWS's, made of known words.
fn is_an_operation(core: &str) -> bool {
    let begins = |place: usize| core.as_bytes()[place].is_ascii_uppercase();
    if !core.bytes().all(|byte| byte.is_ascii_alphabetic()) || !begins(0) {
        return false;
    }
    let starts: Vec<usize> = (0..core.len()).filter(|place| begins(*place)).chain([core.len()]).collect();
    starts.windows(2).all(|ends| is_a_word(&core[ends[0]..ends[1]]))
}

fn is_a_count(core: &str) -> bool {
    let digits = core.strip_prefix(['-', '+']).unwrap_or(core);
    let (whole, tenths) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, tenths].iter().all(|part| (1..=LONGEST_COUNT).contains(&part.len()) && is_digits(part))
}

/// `2026-11-22`, `03:12`, `03:12:00`.
fn is_a_time(core: &str) -> bool {
    let lengths = |separator: char| -> Option<Vec<usize>> {
        let parts: Vec<&str> = core.split(separator).collect();
        parts.iter().all(|part| is_digits(part)).then(|| parts.iter().map(|part| part.len()).collect())
    };
    lengths('-') == Some(vec![4, 2, 2]) || matches!(lengths(':').as_deref(), Some([2, 2] | [2, 2, 2]))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
