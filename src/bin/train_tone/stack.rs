//! The judge's weights: logistic regression over few signals, by Newton's method, and the choice of thresholds.

use ruhepol::tone::learn::{SIGNALS, Signals};

/// Learns weights; the first signal is the bias and is not held back.
pub fn logistic(rows: &[(Signals, bool, f64)], hold: f64) -> Signals {
    let mut weights = [0.0f64; SIGNALS];
    for _ in 0..40 {
        let mut gradient = [0.0f64; SIGNALS];
        let mut hessian = vec![[0.0f64; SIGNALS]; SIGNALS];
        for (signals, yes, cost) in rows {
            let z: f64 = weights.iter().zip(signals).map(|(w, s)| w * f64::from(*s)).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            let error = (p - f64::from(u8::from(*yes))) * cost;
            let curve = (p * (1.0 - p)).max(1e-6) * cost;
            for i in 0..SIGNALS {
                let s = f64::from(signals[i]);
                if s == 0.0 {
                    continue;
                }
                gradient[i] += error * s;
                for j in 0..=i {
                    hessian[i][j] += curve * s * f64::from(signals[j]);
                }
            }
        }
        for i in 0..SIGNALS {
            let hold = if i == 0 { 0.01 } else { hold };
            gradient[i] += hold * weights[i];
            hessian[i][i] += hold;
            let (upper, lower) = hessian.split_at_mut(i);
            for (row, value) in upper.iter_mut().zip(lower[0]) {
                row[i] = value;
            }
        }
        let step = solve(hessian, gradient);
        let size: f64 = step.iter().map(|s| s * s).sum();
        for (w, s) in weights.iter_mut().zip(step) {
            *w -= s;
        }
        if size < 1e-10 {
            break;
        }
    }
    weights.map(|w| w as f32)
}

/// Gauss elimination with pivoting.
fn solve(mut a: Vec<[f64; SIGNALS]>, mut b: [f64; SIGNALS]) -> [f64; SIGNALS] {
    for column in 0..SIGNALS {
        let pivot =
            (column..SIGNALS).max_by(|&x, &y| a[x][column].abs().total_cmp(&a[y][column].abs())).unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..SIGNALS {
            let factor = a[row][column] / a[column][column];
            if factor != 0.0 {
                let (upper, lower) = a.split_at_mut(row);
                for (x, y) in lower[0][column..].iter_mut().zip(&upper[column][column..]) {
                    *x -= factor * y;
                }
                b[row] -= factor * b[column];
            }
        }
    }
    let mut x = [0.0; SIGNALS];
    for row in (0..SIGNALS).rev() {
        let rest: f64 = (row + 1..SIGNALS).map(|j| a[row][j] * x[j]).sum();
        x[row] = (b[row] - rest) / a[row][row];
    }
    x
}

/// Yes and no, said and true.
#[derive(Default, Clone, Copy)]
pub struct Counts {
    pub hit: f64,
    pub false_alarm: f64,
    pub miss: f64,
    pub calm: f64,
}

impl Counts {
    pub fn add(&mut self, said: bool, is: bool, cost: f64) {
        *match (said, is) {
            (true, true) => &mut self.hit,
            (true, false) => &mut self.false_alarm,
            (false, true) => &mut self.miss,
            (false, false) => &mut self.calm,
        } += cost;
    }

    pub fn precision(&self) -> f64 {
        self.hit / (self.hit + self.false_alarm).max(1e-9)
    }

    pub fn recall(&self) -> f64 {
        self.hit / (self.hit + self.miss).max(1e-9)
    }

    /// Alarms among 1,000 calm ones.
    pub fn per_mille(&self) -> f64 {
        1000.0 * self.false_alarm / (self.false_alarm + self.calm).max(1.0)
    }

    /// Mean of the F1 of both sides.
    pub fn macro_f1(&self) -> f64 {
        let f = |good: f64| 2.0 * good / (2.0 * good + self.false_alarm + self.miss).max(1e-9);
        f(self.hit).midpoint(f(self.calm))
    }
}
