#!/usr/bin/env python3
"""Makes tests/fixtures/statistics/oracles.json: random data sets and what scipy, statsmodels and lifelines say of them.

    python3 -m venv /tmp/oracles
    /tmp/oracles/bin/pip install numpy==2.2.6 scipy==1.14.1 statsmodels==0.14.4 lifelines==0.30.0 pandas==3.1.1 mpmath==1.4.1
    /tmp/oracles/bin/python tests/oracles/statistics.py

1,000 data sets a method, a fixed seed. Rows are lists: inputs first, then results; numbers that are compared to 1e-9 have
13 digits, those compared to 1e-12 all of theirs. lifelines' Aalen-Johansen moves tied times by chance, so its data sets have
no ties; ties are tested by its Kaplan-Meier.
"""

import json
import math
import pathlib
import warnings

import mpmath
import numpy as np
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from scipy import special, stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

warnings.simplefilter("ignore")
SETS = 1000
rng = np.random.default_rng(20260328)


def short(x):
    return float(f"{float(x):.13g}")


def whole(x):
    return int(x)


def log_uniform(low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def binomial_up_to(k, n, p):
    """stats.binom.cdf is good to about 2e-12 only where n is large; this sums the terms with 40 digits."""
    mpmath.mp.dps = 40
    p = mpmath.mpf(p)
    rest = mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1)
    term = mpmath.exp(rest + k * mpmath.log(p) + (n - k) * mpmath.log(1 - p))
    total = mpmath.mpf(0)
    while k >= 0 and term > total * mpmath.mpf(10) ** -25:
        total += term
        term *= mpmath.mpf(k) / (n - k + 1) * (1 - p) / p
        k -= 1
    return float(total)


def t_isf(tail, df):
    """stats.t.isf is good to about 1e-11 only; its own survival function says so. This inverse keeps all digits."""
    x, y = special.betaincinv(df / 2, 0.5, 2 * tail), special.betainccinv(0.5, df / 2, 2 * tail)
    return float(math.sqrt(df * ((1 - x) / x if x < 0.5 else y / (1 - y))))


def distributions():
    rows = {"normal": [], "t": [], "binomial": [], "beta": []}
    for _ in range(SETS):
        z = rng.uniform(-8, 12)
        tail = log_uniform(1e-12, 0.5)
        rows["normal"].append([z, float(stats.norm.sf(z)), tail, float(stats.norm.isf(tail))])
        df = whole(rng.integers(1, 60))
        t = log_uniform(1e-3, 50)
        tail = log_uniform(1e-6, 0.49)
        rows["t"].append([df, t, float(stats.t.sf(t, df)), tail, t_isf(tail, df)])
        n = whole(log_uniform(1, 100_000))
        p = short(rng.uniform(0.001, 0.999))
        k = whole(min(n, max(0, rng.normal(n * p, 2.5 * math.sqrt(n * p * (1 - p)) + 0.5))))
        level = short(rng.uniform(0.001, 0.999))
        rows["binomial"].append(
            [k, n, p, binomial_up_to(k, n, p), level, whole(stats.binom.ppf(level, n, p))]
        )
        a, b = short(log_uniform(0.5, 2000)), short(log_uniform(0.5, 2000))
        q = short(rng.uniform(0.0005, 0.9995))
        rows["beta"].append([q, a, b, float(stats.beta.ppf(q, a, b))])
    return rows


def intervals():
    rows = {"exact": [], "newcombe": [], "ranks": []}
    for _ in range(SETS):
        n = whole(log_uniform(1, 50_000))
        k = whole(rng.integers(0, n + 1))
        tail = [0.025, 0.001][whole(rng.integers(0, 2))]
        low, high = proportion_confint(k, n, alpha=2 * tail, method="beta")
        rows["exact"].append([k, n, tail, short(low), short(high)])
        m, n = whole(log_uniform(2, 5000)), whole(log_uniform(2, 5000))
        a, b = whole(rng.integers(0, m + 1)), whole(rng.integers(0, n + 1))
        low, high = confint_proportions_2indep(b, n, a, m, method="newcomb", compare="diff", alpha=2 * stats.norm.sf(1.959964))
        rows["newcombe"].append([a, m, b, n, short(low), short(high)])
        n = whole(log_uniform(1, 20_000))
        q = [0.5, 0.75, 0.9, 0.95][whole(rng.integers(0, 4))]
        ranks = np.arange(1, n + 1)
        below = stats.binom.cdf(ranks - 1, n, q)
        above = stats.binom.sf(ranks - 1, n, q)
        lower = ranks[below <= 0.025]
        upper = ranks[above <= 0.025]
        there = len(lower) > 0 and len(upper) > 0
        rows["ranks"].append([n, q, whole(lower.max()) if there else 0, whole(upper.min()) if there else 0])
    return rows


def many_tests():
    rows = []
    for _ in range(SETS):
        p = [float(f"{x:.6g}") for x in rng.beta(0.4, 1, rng.integers(1, 12))]
        rows.append([p, [short(x) for x in multipletests(p, method="fdr_bh")[1]]])
    return rows


def funnel_limits():
    rows = []
    for _ in range(SETS):
        p, n = short(rng.uniform(0.01, 0.99)), whole(log_uniform(10, 20_000))
        tail = [0.025, 0.001][whole(rng.integers(0, 2))]
        row = [p, n, tail]
        for level in (tail, 1 - tail):
            r = whole(stats.binom.ppf(level, n, p))
            up_to, below = stats.binom.cdf(r, n, p), stats.binom.cdf(r - 1, n, p)
            row.append(short(min(1, max(0, (r - (up_to - level) / (up_to - below)) / n))))
        rows.append(row)
    return rows


def trends():
    """Two bins: statsmodels' Mantel-Haenszel test of several tables. One table of scored bins: (N - 1) r² of Mantel."""
    tables, scored = [], []
    while len(tables) < SETS:
        strata = [[whole(x) for x in rng.integers(0, 40, 4)] for _ in range(rng.integers(1, 5))]
        if any(min(a + b, c + d, a + c, b + d) == 0 for a, b, c, d in strata):
            continue
        # Rows: hits and others; columns: the bins 0 and 1.
        of = StratifiedTable([np.array([[a, b], [c, d]], float) for a, b, c, d in strata])
        tables.append([strata, short(of.test_null_odds(correction=False).statistic)])
    while len(scored) < SETS:
        bins = [[whole(x), whole(x + y)] for x, y in rng.integers(0, 50, (rng.integers(3, 7), 2))]
        hits, n = (sum(b[i] for b in bins) for i in (0, 1))
        if hits == 0 or hits == n or sum(b[1] > 0 for b in bins) < 2:
            continue
        scores = np.repeat(np.arange(len(bins)), [b[1] for b in bins])
        hit = np.concatenate([[1] * h + [0] * (m - h) for h, m in bins])
        scored.append([bins, short((n - 1) * np.corrcoef(scores, hit)[0, 1] ** 2)])
    return {"tables": tables, "scored": scored}


def survival():
    """Kaplan-Meier with ties: time, ended, open; the curve and its band's ends at one time. Aalen-Johansen without ties."""
    kaplan, aalen = [], []
    while len(kaplan) < SETS:
        n = whole(rng.integers(3, 25))
        times = np.sort(rng.integers(1, 15, n))
        ended = rng.integers(0, 3, n) > 0
        if not ended.any():
            continue
        of = KaplanMeierFitter().fit(times, ended)
        at = whole(rng.choice(times[ended]))
        share = float(of.survival_function_at_times(at).iloc[0])
        low, high = (float(x) for x in of.confidence_interval_.loc[at])
        if not 0 < share < 1:
            low = high = share
        kaplan.append(["".join(f"{chr(96 + t)}{'+' if e else '-'}" for t, e in zip(times, ended)), at, short(share), short(low), short(high)])
    while len(aalen) < SETS:
        n = whole(rng.integers(5, 20))
        kinds = rng.integers(0, 4, n)
        if not (kinds == 1).any():
            continue
        times = np.arange(1, n + 1)
        of = AalenJohansenFitter(calculate_variance=True).fit(times, kinds, event_of_interest=1)
        at = whole(rng.choice(times[kinds == 1]))
        share = float(of.cumulative_density_.loc[at].iloc[0])
        variance = float(of.variance_.loc[at].iloc[0] if hasattr(of.variance_.loc[at], "iloc") else of.variance_.loc[at])
        aalen.append(["".join(str(k) for k in kinds), at, short(share), short(variance)])
    return {"kaplan": kaplan, "aalen": aalen}


def runs():
    """Longest run and crossings that are usual, of the number of points."""
    return [[n, round(math.log2(n)) + 3, whole(stats.binom.ppf(0.05, n - 1, 0.5))] for n in range(2, 400)]


def counts():
    """Incomplete gamma functions; Garwood's interval by statsmodels."""
    rows = {"gamma": [], "garwood": []}
    for _ in range(SETS):
        a = short(log_uniform(0.5, 50_000))
        x = short(max(1e-3, a + rng.uniform(-5, 5) * math.sqrt(a)))
        q = short(rng.uniform(0.0005, 0.9995))
        mpmath.mp.dps = 30
        above = mpmath.gammainc(a, x, mpmath.inf, regularized=True) if a < 2000 else special.gammaincc(a, x)
        rows["gamma"].append([a, x, float(above), q, short(stats.gamma.ppf(q, a))])
        count, tail = whole(log_uniform(1, 1_000_000)) - 1, [0.025, 0.001][whole(rng.integers(0, 2))]
        low, high = confint_poisson(count, 1, method="exact-c", alpha=2 * tail)
        rows["garwood"].append([count, tail, short(low), short(high)])
    return rows


def ratings():
    """Means by scipy's t; net scores by the variance of +1, 0 and -1; star bounds by scipy's Dirichlet distribution."""
    rows = {"means": [], "net_scores": [], "stars": []}
    z = stats.norm.ppf(0.975)
    for _ in range(SETS):
        counts = [whole(x) for x in rng.integers(0, whole(log_uniform(2, 500)), 5)]
        counts[whole(rng.integers(0, 5))] += 1
        counts[whole(rng.integers(0, 5))] += 1
        values = np.repeat(np.arange(1, 6), counts)
        n, error = len(values), stats.sem(values)
        low, high = stats.t.interval(0.95, n - 1, values.mean(), error) if error > 0 else (values.mean(),) * 2
        rows["means"].append([counts, short(values.mean()), short(max(1, low)), short(min(5, high))])
        weights = np.array([sum(counts[:3]) + 0.75, counts[3] + 1.5, counts[4] + 0.75])
        mean = np.average([-1, 0, 1], weights=weights)
        half = z * math.sqrt(np.average(([-1, 0, 1] - mean) ** 2, weights=weights) / (n + 3))
        score = (counts[4] - sum(counts[:3])) / n
        rows["net_scores"].append([counts, short(score), short(max(-1, mean - half)), short(min(1, mean + half))])
        alpha, stars = np.array(counts) + 1, np.arange(1, 6)
        bound = stars @ stats.dirichlet.mean(alpha) - 1.65 * math.sqrt(stars @ stats.dirichlet.cov(alpha) @ stars)
        rows["stars"].append([counts, short(bound)])
    return rows


def shrunk():
    """statsmodels' meta-analysis by DerSimonian and Laird; the best linear predictors from its variances. Shares: Kleinman's
    moments in numpy, and the mean of the beta distribution afterwards."""
    rows = {"together": [], "alike": []}
    while len(rows["together"]) < SETS:
        k = whole(rng.integers(5, 9))
        spread = [0, 0.2, 1][whole(rng.integers(0, 3))]
        v = np.array([float(f"{x:.6g}") for x in 1.2 / rng.integers(3, 400, k)])
        x = np.array([float(f"{x:.6g}") for x in 4 + spread * rng.normal(size=k) + np.sqrt(v) * rng.normal(size=k)])
        of = combine_effects(x, v, method_re="chi2")
        tau2 = max(0.0, float(of.tau2))
        weights = 1 / (v + tau2)
        mean, error = float(weights @ x / weights.sum()), float(weights.sum() ** -0.5)
        if tau2 > 0:
            assert abs(mean - of.mean_effect_re) < 1e-9 and abs(error - of.sd_eff_w_re) < 1e-9
        best = mean + tau2 / (tau2 + v) * (x - mean)
        rows["together"].append(
            [[[float(a), float(b)] for a, b in zip(x, v)]]
            + [short(y) for y in (of.mean_effect_fe, of.sd_eff_w_fe, of.q, tau2, mean, error)]
            + [[short(y) for y in best]]
        )
    while len(rows["alike"]) < SETS:
        k = whole(rng.integers(5, 9))
        n = rng.integers(1, 200, k)
        strength = log_uniform(1, 200)
        hits = rng.binomial(n, rng.beta(0.7 * strength, 0.3 * strength, k))
        if hits.sum() in (0, n.sum()):
            continue
        p, w = hits.sum() / n.sum(), n / n.sum()
        s = float((w * (hits / n - p) ** 2).sum())
        # Kleinman's equation for the expectation of s, solved for the correlation.
        a, b = float((w * (1 - w) / n).sum()), float((w * (1 - w)).sum())
        rho = min(1.0, max(0.0, (s - p * (1 - p) * a) / (p * (1 - p) * (b - a))))
        means = hits * 0 + p if rho == 0 else hits / n
        if 0 < rho < 1:
            m = (1 - rho) / rho
            means = stats.beta.mean(hits + p * m, n - hits + (1 - p) * m)
        rows["alike"].append([[[whole(h), whole(m)] for h, m in zip(hits, n)], short(rho), [short(y) for y in means]])
    return rows


def cusum():
    """The sums as the largest sum of any run of points up to each, by brute force."""
    rows = []
    for _ in range(SETS):
        x = [round(float(v), 2) for v in rng.normal(rng.uniform(-0.5, 0.5), 1, rng.integers(3, 9))]
        of = []
        for i in range(len(x)):
            of.append([short(max(0, *(math.fsum(s * v - 0.5 for v in x[j : i + 1]) for j in range(i + 1)))) for s in (1, -1)])
        rows.append([x, of])
    return rows


out = {
    **distributions(),
    **intervals(),
    "many_tests": many_tests(),
    "funnel_limits": funnel_limits(),
    **trends(),
    **survival(),
    "runs": runs(),
    **counts(),
    **ratings(),
    **shrunk(),
    "cusum": cusum(),
}
path = pathlib.Path(__file__).parents[1] / "fixtures/statistics/oracles.json"
parts = (f"{json.dumps(name)}:{json.dumps(rows, separators=(',', ':'))}" for name, rows in out.items())
path.write_text("{" + ",\n".join(parts) + "}\n")
print(path, path.stat().st_size, "bytes")
