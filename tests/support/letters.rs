//! Letters beside each other.

/// What a letter has that another has not: its lines, with a count in place of those that stand there in the same order.
pub fn beside(letter: &str, other: &str) -> String {
    let mut known = other.lines();
    let (mut lines, mut same) = (Vec::new(), 0);
    let as_there = |same: u64| format!("({same} line{} as there)", if same == 1 { "" } else { "s" });
    for line in letter.lines() {
        let mut ahead = known.clone();
        if !line.is_empty() && ahead.any(|other| other == line) {
            (known, same) = (ahead, same + 1);
            continue;
        }
        lines.extend((same > 0).then(|| as_there(same)));
        lines.push(line.to_owned());
        same = 0;
    }
    lines.extend((same > 0).then(|| as_there(same)));
    lines.join("\n")
}
