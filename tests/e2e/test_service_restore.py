"""A store copied in the middle of a run and put back later ends with the same stories, tags and story counts."""

from collections.abc import Callable

from tests.e2e.conftest import Deployed
from tests.e2e.equality import bus_ends, latest_titles
from tests.e2e.service import fast_wire
from tests.servers.process import wait_until


def test_a_restored_copy_catches_up_to_the_same(deploy: Callable[..., Deployed]) -> None:
    one = deploy(fast_wire(18, slots=30, lasts_s=15))
    copy = one.service.data.parent / "copy.db"
    one.service.start()
    one.service.await_page()
    ledger = one.ledger()
    wait_until(lambda: len(ledger.stories()) >= 200, 60, "the middle of the run", one.service.tail)
    said = one.service.call("backup", str(copy))
    assert said.code == 0, said.all
    one.begin_news()
    ledger = one.quiesce()
    whole, epoch = ledger.equal(), one.service.json("/api/v1/status")["epoch"]
    one.service.stop()

    said = one.service.call("restore", str(copy))
    assert said.code == 0, said.all
    restored = one.ledger()
    assert 200 <= len(restored.stories()) < len(whole.stories)
    assert sum(p.next for p in restored.positions()) < sum(bus_ends(one.bus_url).values())

    one.service.start()
    one.service.await_page()
    ledger = one.quiesce()
    again = ledger.equal()
    assert again.stories == whole.stories
    assert again.tags == whole.tags
    assert again.counts == whole.counts
    latest = latest_titles(one.wire)
    assert {key: ledger.stories()[key].title for key in latest} == latest
    assert one.service.json("/api/v1/status")["epoch"] != epoch  # old cursors start over
