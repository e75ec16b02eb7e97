//! Letters and screens, one beside the other.

/// A text with the numbers of the other's lines in place of those that stand there too, in the same order.
pub fn beside(text: &str, other: &str) -> String {
    let other: Vec<&str> = other.lines().collect();
    let (mut lines, mut run, mut next) = (Vec::new(), None, 0);
    for line in text.lines() {
        // A blank line stands there only as one of several lines.
        let within = if line.is_empty() { usize::from(run.is_some()) } else { other.len() };
        match other.iter().skip(next).take(within).position(|known| *known == line) {
            Some(skipped) => {
                next += skipped + 1;
                let (first, _) = run.take_if(|_| skipped == 0).unwrap_or_else(|| {
                    lines.extend(run.map(its_lines));
                    (next, next)
                });
                run = Some((first, next));
            }
            None => {
                lines.extend(run.take().map(its_lines));
                lines.push(line.to_owned());
            }
        }
    }
    lines.extend(run.map(its_lines));
    lines.join("\n")
}

fn its_lines((first, last): (usize, usize)) -> String {
    if first == last { format!("(its line {first})") } else { format!("(its lines {first} to {last})") }
}
