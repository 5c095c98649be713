// What must hold for any bytes at all; the fuzz target and a test with a fixed seed both run it.

use ruhepol::lines::tone::answer;
use ruhepol::locale::Lang;
use ruhepol::tone::Rules;
use unicode_segmentation::UnicodeSegmentation;

/// Reads the bytes as a message and as a line, in both languages and in none, and panics where a promise is broken.
pub fn check(rules: &Rules, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut borders = vec![true];
    for grapheme in text.graphemes(true) {
        let more = grapheme.chars().count();
        borders.resize(borders.len() + more, false);
        if let Some(last) = borders.last_mut() {
            *last = true;
        }
    }
    for lang in [None, Some(Lang::De), Some(Lang::En)] {
        let found = rules.assess(&text, lang);
        assert!(found.heat <= 3 && (0.0..=1.0).contains(&found.score), "{found:?}");
        for finding in &found.findings {
            assert!(finding.start < finding.end && finding.end < borders.len(), "{finding:?} in {text:?}");
            assert!(borders[finding.start] && borders[finding.end], "{finding:?} in {text:?}");
            assert!(
                (1..=3).contains(&finding.severity) && !finding.why.is_empty() && !finding.rule.is_empty(),
                "{finding:?}"
            );
        }
        let own = found.findings.iter().filter(|f| !f.quoted).map(|f| f.severity).max().unwrap_or(0);
        assert_eq!(found.heat, own, "heat is the strongest finding of the writer's own: {found:?}");
        let _ = rules.calmer(&text, &found);
        // Every line of a quoted message is somebody else's.
        let lines = text.lines().filter(|l| !l.trim().is_empty());
        let quoted = lines.fold(String::new(), |quoted, line| quoted + "> " + line + "\n");
        assert_eq!(rules.assess(&quoted, lang).heat, 0, "{quoted:?}");
    }
    for line in bytes.split(|&b| b == b'\n') {
        let (json, _) = answer(line, 2, rules);
        assert!(json.starts_with('{') && !json.contains('\n'), "{json}");
    }
}
