//! A linear classifier over hashed features: dual coordinate descent for the squared hinge, as in LIBLINEAR (Hsieh et al. 2008).
//!
//! Invariant: deterministic. The order of the steps comes from a fixed seed, and sums are taken in one fixed order.

/// One example: bucket and value, sorted by bucket.
pub type Row = Vec<(u32, f32)>;

/// What there is to learn from.
#[derive(Default)]
pub struct Problem<'a> {
    pub rows: Vec<&'a Row>,
    pub yes: Vec<bool>,
    /// How much an error on the example costs.
    pub cost: Vec<f32>,
}

impl<'a> Problem<'a> {
    pub fn push(&mut self, row: &'a Row, yes: bool, cost: f32) {
        self.rows.push(row);
        self.yes.push(yes);
        self.cost.push(cost);
    }
}

/// What was learned: a weight for each bucket, and a bias.
#[derive(Clone)]
pub struct Line {
    pub weights: Vec<f32>,
    pub bias: f32,
}

impl Line {
    pub fn margin(&self, row: &Row) -> f32 {
        row.iter().map(|&(i, x)| self.weights[i as usize] * x).sum::<f32>() + self.bias
    }
}

/// A fixed sequence of numbers (xorshift64*), so that every run is the same.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    pub fn shuffle(&mut self, order: &mut [u32]) {
        for i in (1..order.len()).rev() {
            order.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
    }
}

/// The value of the bias feature.
const BIAS: f32 = 0.5;

/// Learns one line. A bucket whose number `keep` refuses is left out.
pub fn learn(problem: &Problem, buckets: usize, epochs: usize, seed: u64, keep: impl Fn(u32) -> bool) -> Line {
    let rows: Vec<Row> =
        problem.rows.iter().map(|row| row.iter().copied().filter(|&(i, _)| keep(i)).collect()).collect();
    let squares: Vec<f32> = rows.iter().map(|r| r.iter().map(|&(_, x)| x * x).sum::<f32>() + BIAS * BIAS).collect();
    let mut weights = vec![0.0f32; buckets];
    let mut bias = 0.0f32;
    let mut alpha = vec![0.0f32; rows.len()];
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut dice = Dice::new(seed);
    for _ in 0..epochs {
        dice.shuffle(&mut order);
        for &i in &order {
            let i = i as usize;
            let side = if problem.yes[i] { 1.0 } else { -1.0 };
            let slack = 0.5 / problem.cost[i];
            let margin = rows[i].iter().map(|&(j, x)| weights[j as usize] * x).sum::<f32>() + bias * BIAS;
            let gradient = side * margin - 1.0 + slack * alpha[i];
            let next = (alpha[i] - gradient / (squares[i] + slack)).max(0.0);
            let change = (next - alpha[i]) * side;
            alpha[i] = next;
            if change != 0.0 {
                for &(j, x) in &rows[i] {
                    weights[j as usize] += change * x;
                }
                bias += change * BIAS;
            }
        }
    }
    Line { weights, bias: bias * BIAS }
}

/// The mean of several lines, each of which saw another part of the features.
pub fn bagged(problem: &Problem, buckets: usize, epochs: usize, bags: u64, share: f64) -> Line {
    let mut sum = Line { weights: vec![0.0; buckets], bias: 0.0 };
    for bag in 0..bags {
        let keep = |i: u32| {
            let h = (u64::from(i) + 1)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ (bag << 17))
                .rotate_left(23)
                .wrapping_mul(0xD6E8_FEB8_6659_FD93);
            bags == 1 || ((h >> 40) as f64) < share * f64::from(1u32 << 24)
        };
        let line = learn(problem, buckets, epochs, bag + 1, keep);
        for (a, b) in sum.weights.iter_mut().zip(&line.weights) {
            *a += b / bags as f32;
        }
        sum.bias += line.bias / bags as f32;
    }
    sum
}
