"""The consolidation written down: `result.json`, format `ikb-result/1`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ikb.core.cluster import Cluster
from ikb.core.consolidation.counts import WHOLE_DOCUMENT, counts
from ikb.core.consolidation.pool import Pool
from ikb.core.diff import Hunk, joined_for_display
from ikb.core.duplicates import DuplicateGroup, GroupMember
from ikb.core.merge import Merged, NewSection
from ikb.core.proposals import Proposal, Section, Status
from ikb.core.redline import Segment
from ikb.core.texts import Token, joined

FORMAT = "ikb-result/1"
Json = dict[str, object]


def result(pool: Pool) -> Json:
    """The whole result as plain data, the same for the same set of statements."""
    base = pool.base
    return {
        "format": FORMAT,
        "document": {"id": base.document_id, "title": base.title},
        "base_version": base.version,
        "new_version": base.version + 1,
        "elements": list(_elements(pool)),
        "proposals": list(_proposals(pool)),
        "duplicate_groups": [_group(e, group) for e in _commented(pool) for group in pool.groups[e]],
        "clusters": [_cluster(e, cluster) for e in _commented(pool) for cluster in pool.clusters[e]],
        "counts": counts(pool.statements.values()),
    }


def _elements(pool: Pool) -> Iterator[Json]:
    """Elements in the order of the new document; a new one after another follows what is below that one."""
    elements, ends = pool.base.elements, pool.base.ends()
    taken = {element.id for element in elements}
    following: dict[int, list[Json]] = defaultdict(list)
    for place in range(len(elements) - 1, -1, -1):
        anchor = elements[place].id
        new = pool.merged[anchor].new
        following[ends[place]] += [_new_element(anchor, n, taken) for n in new if n.place == "after"]
    for place, element in enumerate(elements):
        merged = pool.merged[element.id]
        yield from following[place]
        yield from (_new_element(element.id, n, taken) for n in merged.new if n.place == "before")
        yield _element(element.id, merged)
    yield from following[len(elements)]


def _element(identity: str, merged: Merged) -> Json:
    segments = [_segment(segment) for segment in merged.segments]
    return {"id": identity, "status": merged.status, "text": merged.text, "segments": segments, "response": None}


def _new_element(anchor: str, new: NewSection, taken: set[str]) -> Json:
    proposal = new.proposal
    segment = Segment("ins", new.text, proposal.statements, (proposal.key,))
    identity = proposal.key
    while identity in taken:
        identity += "+"
    return {
        "id": identity,
        "status": "inserted",
        "anchor": anchor,
        "position": new.place,
        "text": new.text,
        "segments": [_segment(segment)],
        "response": None,
    }


def _segment(segment: Segment) -> Json:
    if segment.kind == "keep":
        return {"t": "keep", "text": segment.text}
    statements, proposals = list(segment.statements), list(segment.proposals)
    return {"t": segment.kind, "text": segment.text, "statements": statements, "proposals": proposals}


def _proposals(pool: Pool) -> Iterator[Json]:
    """Proposals in the order of the document; those on elements that are gone or never were come last, by id."""
    present = [element.id for element in pool.base.elements]
    others = sorted(pool.merged.keys() - set(present))
    for element in [*present, *others]:
        for proposal in pool.merged[element].proposals:
            yield _proposal(element, proposal, pool.section(element))


def _proposal(element: str, proposal: Proposal, section: Section) -> Json:
    return {
        "id": proposal.key,
        "element": element,
        "op": proposal.wish.kind,
        "status": str(proposal.status),
        "support": proposal.support,
        "members": [{"statement": m.statement, "amendment": m.amendment} for m in proposal.members],
        "conflicts_with": list(proposal.conflicts_with),
        "changes": _changes(proposal, section),
    }


def _commented(pool: Pool) -> list[str]:
    """Elements with comments in the order of the document; the document as a whole first, those that are gone last."""
    places = {element.id: place for place, element in enumerate(pool.base.elements)} | {WHOLE_DOCUMENT: -1}
    return sorted(pool.clusters, key=lambda element: (places.get(element, len(places)), element))


def _group(element: str, group: DuplicateGroup) -> Json:
    return {
        "id": group.key,
        "element": element or None,
        "representative": group.representative,
        "members": [_member(member) for member in group.members],
    }


def _member(member: GroupMember) -> Json:
    listed: Json = {"statement": member.statement, "kind": member.kind}
    return listed | {"added": list(member.added)} if member.added else listed


def _cluster(element: str, cluster: Cluster) -> Json:
    return {
        "id": cluster.key,
        "element": element or None,
        "label": list(cluster.label),
        "members": list(cluster.members),
    }


def _changes(proposal: Proposal, section: Section) -> list[Json]:
    """What an edit does to the current text, as people read it: close changes in one."""
    if proposal.wish.kind != "edit" or proposal.status is Status.STALE:
        return []
    base = section.tokens()
    return [_change(base, hunk) for hunk in joined_for_display(base, proposal.wish.hunks)]


def _change(base: Sequence[Token], hunk: Hunk) -> Json:
    removed, added = joined(base[hunk.i : hunk.j]), joined(map(Token, hunk.words, hunk.glue))
    return {"at": hunk.i, "removed": removed, "added": added}
