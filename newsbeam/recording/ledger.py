"""What becomes of a chunk's records, one after the other: pure but for the `Known` that it keeps current."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from newsbeam.alert import Alert, AlertRule, Decision
from newsbeam.alerts.decide import Candidate, Telling, decide, grow, join, tell
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.codec import encode_alert, to_json
from newsbeam.count import EVERYTHING, bucket_of, counted_values
from newsbeam.identity import alert_id, cluster_id, hashed_keys, story_id
from newsbeam.recording.facts import Times, facets_of, kept_of, shown_spans, times_of
from newsbeam.recording.settings import RecordingSettings
from newsbeam.store.known import Known, KnownCluster, KnownStory, Owner, Reach, source_of
from newsbeam.store.lookalikes import Founder
from newsbeam.store.outbox import DEAD, Place
from newsbeam.store.writes import Changes
from newsbeam.story import DeadLetter, Disposition, EnrichedStory, Key, KeyKind


class _Place(NamedTuple):
    """The cluster of a story, whether the story founds it, and the percent of its likeness to another founder."""

    cluster: str
    founder: bool
    likeness: int | None


class Ledger:
    """Decides the records of one chunk in order, and collects what has to be written."""

    def __init__(
        self,
        known: Known,
        rules: Mapping[str, AlertRule],
        settings: RecordingSettings,
        now: datetime,
    ) -> None:
        self._known = known
        self._rules = rules
        self._settings = settings
        self._now = now
        self._changed: set[str] = set()
        self.changes = Changes()
        self.dispositions: Counter[Disposition] = Counter()
        self.outcomes: Counter[Decision] = Counter()
        self.sent: list[Alert] = []

    def take(self, chunk: Chunk[EnrichedRecord], records: Iterable[EnrichedRecord]) -> Changes:
        """Decide `records` of the chunk; return everything that they change."""
        for record in records:
            if isinstance(record.result, DeadLetter):
                self._bury(chunk, record, record.result)
                outcome = Disposition.DEAD
            else:
                outcome = self._take_story(chunk, record, record.result)
            self.dispositions[outcome] += 1
        self._collect_alerts()
        self.changes.sequences = dict(self._known.sequences)
        return self.changes

    # --- identity ----------------------------------------------------------------------------------------

    def _take_story(
        self, chunk: Chunk[EnrichedRecord], record: EnrichedRecord, enriched: EnrichedStory
    ) -> Disposition:
        story = enriched.story
        keys = hashed_keys(story)
        owner = next((self._known.keys[hashed] for hashed in keys if hashed in self._known.keys), None)
        if owner is None:
            times = times_of(enriched, record.appended_at, self._settings)
            oldest_s = self._settings.oldest_s
            owner = Owner(story_id(next(iter(keys.values()))), False)
            self._add_keys(enriched, keys, owner)
            if oldest_s is not None and times.seen_at - times.published_at > timedelta(seconds=oldest_s):
                # its keys stay as those of a story that retention took: both were read
                return Disposition.EXPIRED
            self._record(chunk, record, enriched, times, owner.story)
            return Disposition.RECORDED
        self._add_keys(enriched, keys, owner)
        found = self._known.stories.get(owner.story)
        if owner.forgotten or found is None:
            return Disposition.EXPIRED
        if source_of(story.feed, story.origin.kind, story.origin.id) != found.source:
            return self._sight(record, enriched, found)
        return self._repeat(record, enriched, found)

    def _add_keys(self, enriched: EnrichedStory, keys: Mapping[bytes, Key], owner: Owner) -> None:
        for hashed, key in keys.items():
            held = self._known.key_numbers.get(owner.story, 0)
            if hashed in self._known.keys or held >= self._settings.max_keys:
                continue
            self._known.keys[hashed] = owner
            self._known.key_numbers[owner.story] = held + 1
            self.changes.keys.append(
                {
                    "hash": hashed,
                    "story": owner.story,
                    "kind": key.kind.value,
                    "feed": enriched.story.feed if key.kind is KeyKind.GUID else None,
                    "added_at": self._now,
                    "forgotten": owner.forgotten,
                }
            )

    def _sight(self, record: EnrichedRecord, enriched: EnrichedStory, found: KnownStory) -> Disposition:
        story = enriched.story
        source = source_of(story.feed, story.origin.kind, story.origin.id)
        if (found.id, source) in self._known.sightings:
            return Disposition.DUPLICATE
        self._known.sightings.add((found.id, source))
        self.changes.sightings.append(
            {
                "story": found.id,
                "feed": source,
                "outlet": enriched.outlet.id,
                "url": story.url,
                "seen_at": record.appended_at,
            }
        )
        return Disposition.SIGHTING

    def _repeat(self, record: EnrichedRecord, enriched: EnrichedStory, found: KnownStory) -> Disposition:
        """The same source again: a revision only when newer and different (fetch 0: the bus's order decides)."""
        fetch = enriched.story.fetch
        newer = fetch > found.fetch or fetch == found.fetch == 0
        if newer and enriched.content_hash != found.content_hash:
            self._revise(record, enriched, found)
            return Disposition.REVISION
        if fetch > found.fetch:
            found.fetch = fetch
            self.changes.fetches[found.id] = fetch
        return Disposition.DUPLICATE

    # --- stories -----------------------------------------------------------------------------------------

    def _record(
        self,
        chunk: Chunk[EnrichedRecord],
        record: EnrichedRecord,
        enriched: EnrichedStory,
        times: Times,
        new_id: str,
    ) -> None:
        story = enriched.story
        kept = kept_of(enriched, self._settings)
        record_seq = self._known.next("record")
        joined = self._cluster(enriched, new_id, record_seq, times)
        row = KnownStory(
            id=new_id,
            record_seq=record_seq,
            source=source_of(story.feed, story.origin.kind, story.origin.id),
            fetch=story.fetch,
            backfill=story.backfill,
            url=story.url,
            outlet=enriched.outlet.id,
            language=enriched.language,
            facets=facets_of(enriched),
            topics={tag.topic for tag in enriched.tags},
            published_at=times.published_at,
            seen_at=times.seen_at,
            bucket=bucket_of(times.published_at),
            revision=0,
            content_hash=enriched.content_hash,
            cluster=joined.cluster,
            founder=joined.founder,
        )
        self._known.stories[new_id] = row
        self.changes.stories[new_id] = {
            "id": new_id,
            "record_seq": row.record_seq,
            "topic": chunk.topic,
            "partition": chunk.partition,
            "offset": record.offset,
            "origin_kind": story.origin.kind,
            "origin_id": story.origin.id,
            "feed": story.feed,
            "fetch": story.fetch,
            "backfill": story.backfill,
            "outlet_claim": story.outlet,
            "language_claim": story.language,
            "published_at": times.published_at,
            "published_known": times.known,
            "published_claim": story.published_claim,
            "seen_at": times.seen_at,
            "recorded_at": self._now,
            "bucket": row.bucket,
            "revision": 0,
            "revised_at": None,
            "cluster": joined.cluster,
            "founder": joined.founder,
            "likeness": joined.likeness,
            "sightings": 0,
            **_content(enriched, kept.title, kept.summary, kept.text),
        }
        self.changes.bodies[new_id] = (kept.body, times.published_at)
        self._tag(row, enriched)
        self._count(row, 1)
        self._apply_rules(row, enriched, record.appended_at, revision=False)

    def _revise(self, record: EnrichedRecord, enriched: EnrichedStory, found: KnownStory) -> None:
        kept = kept_of(enriched, self._settings)
        self._count(found, -1)
        found.fetch = max(found.fetch, enriched.story.fetch)
        found.revision += 1
        found.content_hash = enriched.content_hash
        found.url = enriched.story.url
        found.outlet = enriched.outlet.id
        found.language = enriched.language
        found.facets = facets_of(enriched)
        found.topics = {tag.topic for tag in enriched.tags}
        row = {
            "fetch": found.fetch,
            "revision": found.revision,
            "revised_at": self._now,
            **_content(enriched, kept.title, kept.summary, kept.text),
        }
        if found.id in self.changes.stories:  # recorded in this very chunk
            self.changes.stories[found.id].update(row)
        else:
            self.changes.revisions[found.id] = row
        self.changes.bodies[found.id] = (kept.body, found.published_at)
        self._tag(found, enriched)
        self._count(found, 1)
        self._apply_rules(found, enriched, record.appended_at, revision=True)

    def _tag(self, row: KnownStory, enriched: EnrichedStory) -> None:
        self.changes.tags[row.id] = [
            {
                "story": row.id,
                "topic": tag.topic,
                "record_seq": row.record_seq,
                "query": tag.query,
                "catalog": enriched.catalog,
                "spans": to_json(shown_spans(tag.spans, enriched)),
            }
            for tag in enriched.tags
        ]

    def _count(self, row: KnownStory, sign: int) -> None:
        values = counted_values(row.outlet, row.language, row.facets)
        more = sign, sign if row.founder else 0
        self.changes.counts.add(row.bucket, {EVERYTHING, *row.topics}, values, more)

    def _cluster(self, enriched: EnrichedStory, new_id: str, record_seq: int, times: Times) -> "_Place":
        settings, at = self._settings, times.published_at
        reach = Reach(
            timedelta(seconds=settings.cluster_window_s), timedelta(seconds=settings.cluster_span_s)
        )
        joined = self._known.cluster_for(enriched, at, reach)
        if joined is None:
            found, likeness = self._found_cluster(enriched, new_id, record_seq, at), None
        else:
            found, likeness = joined
        found.updated_at = max(found.updated_at, at)
        self.changes.add_cluster(found)
        return _Place(found.id, joined is None, None if likeness is None else round(100 * likeness))

    def _found_cluster(
        self, enriched: EnrichedStory, new_id: str, record_seq: int, at: datetime
    ) -> KnownCluster:
        new = KnownCluster(id=cluster_id(new_id), text_hash=enriched.text_hash, founded_at=at, updated_at=at)
        founder = None
        if enriched.signature is not None:
            founder = Founder(record_seq, new.id, enriched.outlet.family, enriched.signature)
        anchors = self._known.add_cluster(new, founder)
        if founder is not None and anchors:
            self.changes.founders.append((founder, anchors, self._now))
        return new

    # --- alerts ------------------------------------------------------------------------------------------

    def _apply_rules(
        self, row: KnownStory, enriched: EnrichedStory, seen_at: datetime, *, revision: bool
    ) -> None:
        candidate = Candidate(
            story=row.id,
            cluster=row.cluster,
            title=enriched.story.title,
            url=row.url,
            outlet=row.outlet,
            family=enriched.outlet.family,
            wire=enriched.outlet.wire,
            backfill=row.backfill,
            published_at=row.published_at,
            seen_at=seen_at,
            tags=tuple(sorted(row.topics)),
        )
        for match in enriched.rules:
            rule = self._rules.get(match.rule)
            if rule is None or (revision and (row.id, match.rule) in self._known.decided):
                continue
            max_age = timedelta(seconds=rule.max_age_s or self._settings.max_age_s)
            told_id = alert_id(rule.id, row.cluster)
            told = self._known.tellings.get(told_id)
            outcome = decide(candidate, told, max_age=max_age, revision=revision)
            self._known.decided.add((row.id, rule.id))
            self.outcomes[outcome] += 1
            self.changes.decisions.append(
                {
                    "story": row.id,
                    "rule": rule.id,
                    "rule_version": match.version,
                    "outcome": outcome.value,
                    "alert": told_id if outcome in {Decision.TOLD, Decision.JOINED, Decision.KNOWN} else None,
                    "spans": to_json(shown_spans(match.spans, enriched)),
                    "decided_at": self._now,
                }
            )
            self._tell(candidate, rule, match.version, told, outcome)

    def _tell(
        self, candidate: Candidate, rule: AlertRule, version: str, told: Telling | None, outcome: Decision
    ) -> None:
        if outcome is Decision.TOLD:
            late_after = timedelta(seconds=self._settings.late_after_s)
            self._send(tell(candidate, rule, version, self._now, late_after))
        elif outcome is Decision.JOINED and told is not None:
            self._send(join(told, candidate, self._now))
        elif outcome is Decision.KNOWN and told is not None and told.alert.story != candidate.story:
            self._known.tellings[told.alert.id] = grow(told)
            self._changed.add(told.alert.id)

    def _send(self, telling: Telling) -> None:
        one = telling.alert
        self._known.tellings[one.id] = telling
        self._changed.add(one.id)
        self.sent.append(one)
        self.changes.alert_seqs[one.id] = self._known.next("alert")
        self._put_out("alert", one.topic, encode_alert(one), one.severity.value, one.id, one.version)

    def _collect_alerts(self) -> None:
        for one in sorted(self._changed):
            self.changes.alerts[one] = self._known.tellings[one]

    def _put_out(
        self,
        kind: str,
        topic: str,
        document: bytes,
        severity: str | None = None,
        alert: str | None = None,
        version: int | None = None,
    ) -> None:
        self.changes.outbox.append(
            {
                "seq": self._known.next("outbox"),
                "kind": kind,
                "topic": topic,
                "severity": severity,
                "alert": alert,
                "version": version,
                "document": document,
                "written_at": self._now,
                "fanned_out": False,
            }
        )

    # --- dead letters ------------------------------------------------------------------------------------

    def _bury(self, chunk: Chunk[EnrichedRecord], record: EnrichedRecord, letter: DeadLetter) -> None:
        self.changes.dead.append(
            {
                "topic": chunk.topic,
                "partition": chunk.partition,
                "offset": record.offset,
                "reason": letter.reason,
                "detail": letter.detail[:4000].replace("\x00", ""),
                "key": record.key,
                "value": letter.value[: self._settings.dead_value_bytes],
                "size": len(letter.value),
                "seen_at": record.appended_at,
                "recorded_at": self._now,
                "replayed_at": None,
            }
        )
        place = Place(chunk.topic, chunk.partition, record.offset)
        self._put_out(DEAD, f"{chunk.topic}.dead", to_json(place))


def _content(enriched: EnrichedStory, title: str, summary: str, text: str) -> dict[str, Any]:
    """Return the columns that a revision replaces."""
    return {
        "url": enriched.story.url,
        "outlet": enriched.outlet.id,
        "family": enriched.outlet.family,
        "language": enriched.language,
        "facets": to_json(facets_of(enriched)),
        "text": text,
        "title": title,
        "summary": summary,
        "author": enriched.story.author,
        "content_hash": enriched.content_hash,
        "catalog": enriched.catalog,
    }
