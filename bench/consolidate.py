"""How well and how fast statements are consolidated: `python bench/consolidate.py --statements 1000 10000`.

Prints, for corpora with known truth: pair precision and recall of duplicates, near misses joined, additions found,
B-cubed F1 and adjusted Rand index of the topics per element, wishes grouped, and seconds. The last lines time one
more statement.
"""

import argparse
import resource
from collections import Counter, defaultdict
from itertools import combinations
from math import comb
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import corpus

from ikb.core.consolidate_files import consolidate_files
from ikb.core.consolidation.base import read_base
from ikb.core.consolidation.faults import Reading
from ikb.core.consolidation.pool import Pool
from ikb.core.consolidation.result import result
from ikb.core.consolidation.statements import read_statements


def pairs(groups):
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def duplicates(found, truth):
    mine = [[m["statement"] for m in group["members"]] for group in found["duplicate_groups"]]
    campaigns = {name for group in truth["duplicate_groups"] for name in group} | {a for a, _ in truth["near_misses"]}
    expected = pairs(truth["duplicate_groups"])
    got = pairs([[name for name in group if name in campaigns] for group in mine])
    missed = dict(truth["near_misses"])
    original = {name: n for n, group in enumerate(truth["duplicate_groups"]) for name in group}
    together = {name: n for n, group in enumerate(mine) for name in group}
    joined = sum(together.get(a, a) == together.get(b, b) for a, b in missed.items())
    # two near misses of the same campaign may ask for the same by chance: they are no error
    wrong = {pair for pair in got - expected if not all(name in missed for name in pair)}
    right = len(got & expected)
    print(
        f"  duplicates   precision {right / max(1, right + len(wrong)):.4f}  recall {right / max(1, len(expected)):.4f}"
    )
    print(f"  near misses  joined {joined} of {len(missed)}; members of {len(set(original.values()))} campaigns")
    added = {m["statement"]: m.get("added", []) for g in found["duplicate_groups"] for m in g["members"]}
    whole = sum(set(texts) <= set(added.get(name, [])) for name, texts in truth["additions"].items())
    print(f"  additions    found {whole / max(1, len(truth['additions'])):.4f} of {len(truth['additions'])}")


def topics(found, truth, element_of):
    cluster_of = {name: c["id"] for c in found["clusters"] for name in c["members"]}
    by_element = defaultdict(list)
    for name in truth["arguments"]:
        by_element[element_of[name]].append(name)
    scores, rand = [], []
    for names in by_element.values():
        scores += [b_cubed(name, names, cluster_of, truth["arguments"]) for name in names]
        rand.append((adjusted_rand(names, cluster_of, truth["arguments"]), len(names)))
    precision, recall = (sum(score[n] for score in scores) / len(scores) for n in (0, 1))
    f1 = 2 * precision * recall / (precision + recall)
    ari = sum(value * weight for value, weight in rand) / sum(weight for _, weight in rand)
    print(f"  topics       B-cubed P {precision:.3f} R {recall:.3f} F1 {f1:.3f}  adjusted Rand {ari:.3f}")
    assert all(1 <= len(c["label"]) <= 5 for c in found["clusters"])


def b_cubed(name, names, cluster_of, truth):
    mine = [other for other in names if cluster_of[other] == cluster_of[name]]
    theirs = [other for other in names if truth[other] == truth[name]]
    common = len(set(mine) & set(theirs))
    return common / len(mine), common / len(theirs)


def adjusted_rand(names, cluster_of, truth):
    both = sum(comb(n, 2) for n in Counter((cluster_of[n], truth[n]) for n in names).values())
    mine = sum(comb(n, 2) for n in Counter(cluster_of[n] for n in names).values())
    theirs = sum(comb(n, 2) for n in Counter(truth[n] for n in names).values())
    expected = mine * theirs / max(1, comb(len(names), 2))
    return (both - expected) / ((mine + theirs) / 2 - expected) if mine + theirs != 2 * expected else 1.0


def wishes(found, truth):
    by_wish = defaultdict(list)
    for name, wish in truth["wishes"].items():
        by_wish[wish].append(name)
    expected = {frozenset(group) for group in by_wish.values()}
    got = {frozenset(m["statement"] for m in p["members"]) for p in found["proposals"]}
    print(f"  wishes       {len(expected & got)} of {len(expected)} proposals right, {len(got - expected)} wrong")
    print(f"  statuses     {dict(Counter(p['status'] for p in found['proposals']))}")


def load(folder):
    reading = Reading("")
    base = read_base(folder / "base.json", reading)
    statements = read_statements(folder / "statements.json", reading, base.known_ids(), set())
    assert not reading.faults
    return base, sorted(statements, key=lambda statement: statement.order)


def one_more(folder, count):
    base, statements = load(folder)
    pool = Pool(base)
    pool.take_in(statements[:-count])
    times = []
    for statement in statements[-count:]:
        start = perf_counter()
        pool.take_in([statement])
        times.append((perf_counter() - start) * 1000)
    times.sort()
    print(f"  one more     median {median(times):.1f} ms, 95th percentile {times[int(len(times) * 0.95)]:.1f} ms")
    early = {c.key for found in pool.clusters.values() for c in found}
    fewer = Pool(base)
    fewer.take_in(statements[: len(statements) * 10 // 11])
    before = {c.key for found in fewer.clusters.values() for c in found}
    groups = {g.key for found in fewer.groups.values() for g in found}
    after = {g.key for found in pool.groups.values() for g in found}
    print(
        f"  ids kept     clusters {len(before & early) / max(1, len(before)):.3f}, "
        f"groups {len(groups & after) / max(1, len(groups)):.3f} when 10 % more arrive"
    )


def measure(count, seed):
    with TemporaryDirectory() as name:
        folder = Path(name)
        base, statements, truth = corpus.Maker(count, seed).make()
        for file, data in (("base", base), ("statements", statements)):
            (folder / f"{file}.json").write_text(corpus.json.dumps(data), encoding="utf-8")
        start = perf_counter()
        consolidate_files(folder / "base.json", folder / "statements.json", folder / "result.json")
        seconds = perf_counter() - start
        print(f"{count} statements, seed {seed}: {seconds:.2f} s")
        found = corpus.json.loads((folder / "result.json").read_text(encoding="utf-8"))
        duplicates(found, truth)
        topics(found, truth, {s["id"]: s["element"] for s in statements["statements"]})
        wishes(found, truth)
        one_more(folder, 100)
        loaded = load(folder)
        pool = Pool(loaded[0])
        pool.take_in(reversed(loaded[1]))
        assert corpus.json.loads(corpus.json.dumps(result(pool))) == found, "order must not matter"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for count in options.statements:
        measure(count, options.seed)
    print(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
