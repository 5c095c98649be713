//! Limits of buttons, selects and modals.
//! Invariant: pure; a `custom_id` is unique within a message or modal.

use serde_json::Value;

use super::Check;

/// Message flag: components of the second kind (containers, texts), whose layout is not checked here.
const SECOND_KIND: u64 = 1 << 15;

/// The action rows of a message.
pub fn components(check: &mut Check<'_>, body: &Value) {
    if body["flags"].as_u64().unwrap_or(0) & SECOND_KIND != 0 {
        return;
    }
    let mut seen = Vec::new();
    for (index, row) in check.list(body, "components", 0, 5).iter().enumerate() {
        let mut rows = check.at("components");
        let mut check = rows.at(index);
        if row["type"] != 1 {
            check.at("type").breach("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,).");
            continue;
        }
        let cells = check.list(row, "components", 1, 5);
        for (index, cell) in cells.iter().enumerate() {
            let mut inner = check.at("components");
            let mut check = inner.at(index);
            unique(&mut check, cell, &mut seen);
            match cell["type"].as_u64() {
                Some(2) => button(&mut check, cell),
                Some(kind @ (3 | 5..=8)) => {
                    select(&mut check, cell, kind);
                    if cells.len() > 1 {
                        check.breach(
                            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                            "The specified component exceeds the maximum width",
                        );
                    }
                }
                _ => check
                    .at("type")
                    .breach("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8)."),
            }
        }
    }
}

fn unique(check: &mut Check<'_>, cell: &Value, seen: &mut Vec<String>) {
    let Some(id) = cell["custom_id"].as_str() else { return };
    if seen.iter().any(|known| known == id) {
        check.at("custom_id").breach("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
    }
    seen.push(id.to_owned());
}

fn button(check: &mut Check<'_>, cell: &Value) {
    check.text(cell, "label", 0, 80, false);
    if cell["label"].as_str().unwrap_or_default().is_empty() && cell["emoji"].is_null() && cell["style"] != 6 {
        check.breach("BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji");
    }
    match cell["style"].as_u64() {
        Some(1..=4) => check.text(cell, "custom_id", 1, 100, true),
        Some(5) => check.text(cell, "url", 1, 512, true),
        Some(6) => {}
        _ => check.at("style").breach("BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6)."),
    }
}

fn select(check: &mut Check<'_>, cell: &Value, kind: u64) {
    check.text(cell, "custom_id", 1, 100, true);
    check.text(cell, "placeholder", 0, 150, false);
    check.number(cell, "min_values", 0, 25);
    check.number(cell, "max_values", 1, 25);
    if kind != 3 {
        return;
    }
    let options = check.list(cell, "options", 1, 25);
    let mut seen = Vec::new();
    for (index, option) in options.iter().enumerate() {
        let mut list = check.at("options");
        let mut check = list.at(index);
        check.text(option, "label", 1, 100, true);
        check.text(option, "value", 1, 100, true);
        check.text(option, "description", 0, 100, false);
        if seen.contains(&&option["value"]) {
            check
                .at("value")
                .breach("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used");
        }
        seen.push(&option["value"]);
    }
    for key in ["min_values", "max_values"] {
        if cell[key].as_u64().is_some_and(|values| values > options.len() as u64) {
            check.at(key).breach("SELECT_COMPONENT_VALUES_EXCEED_OPTIONS", "More values than options");
        }
    }
}

/// A modal.
pub fn modal(check: &mut Check<'_>, data: &Value) {
    if !super::kinds::MODAL.fits(check, data) {
        return;
    }
    check.text(data, "title", 1, 45, true);
    check.text(data, "custom_id", 1, 100, true);
    let mut seen = Vec::new();
    for (index, row) in check.list(data, "components", 1, 5).iter().enumerate() {
        let mut rows = check.at("components");
        let mut check = rows.at(index);
        match row["type"].as_u64() {
            Some(1) => {
                for (index, cell) in check.list(row, "components", 1, 1).iter().enumerate() {
                    let mut inner = check.at("components");
                    let mut check = inner.at(index);
                    check.text(cell, "label", 1, 45, true);
                    input(&mut check, cell, &mut seen);
                }
            }
            Some(18) => {
                check.text(row, "label", 1, 45, true);
                check.text(row, "description", 0, 100, false);
                let cell = &row["component"];
                let mut check = check.at("component");
                if cell["type"] == 4 {
                    input(&mut check, cell, &mut seen);
                } else {
                    unique(&mut check, cell, &mut seen);
                    select(&mut check, cell, cell["type"].as_u64().unwrap_or(0));
                }
            }
            Some(10) => {}
            _ => check.at("type").breach("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1, 10, 18)."),
        }
    }
}

fn input(check: &mut Check<'_>, cell: &Value, seen: &mut Vec<String>) {
    if cell["type"] != 4 {
        check.at("type").breach("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (4,).");
    }
    unique(check, cell, seen);
    check.text(cell, "custom_id", 1, 100, true);
    check.text(cell, "placeholder", 0, 100, false);
    check.number(cell, "min_length", 0, 4_000);
    check.number(cell, "max_length", 1, 4_000);
    let most = cell["max_length"].as_u64().unwrap_or(4_000) as usize;
    check.text(cell, "value", 0, most, false);
    if !matches!(cell["style"].as_u64(), Some(1 | 2)) {
        check.at("style").breach("BASE_TYPE_CHOICES", "Value must be one of (1, 2).");
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_button_needs_an_id_of_at_most_100_and_a_label_of_at_most_80() {
        let body = |id: String, label: String| json!({"components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": id, "label": label}]}]});
        assert!(check(|it| components(it, &body("a".repeat(100), "b".repeat(80)))).is_empty());
        let found = check(|it| components(it, &body("a".repeat(101), "b".repeat(81))));
        let paths: Vec<_> = found.iter().map(|breach| breach.path.as_str()).collect();
        assert_eq!(paths, ["components.0.components.0.label", "components.0.components.0.custom_id"]);
    }

    #[test]
    fn a_modal_has_a_title_of_45_and_five_inputs() {
        let row = |id: usize| json!({"type": 1, "components": [{"type": 4, "style": 1, "custom_id": id.to_string(), "label": "x"}]});
        let rows: Vec<Value> = (0..6).map(row).collect();
        let body = json!({"title": "t".repeat(46), "custom_id": "m", "components": rows});
        let found = check(|it| modal(it, &body));
        let paths: Vec<_> = found.iter().map(|breach| breach.path.as_str()).collect();
        assert_eq!(paths, ["title", "components"]);
    }
}
