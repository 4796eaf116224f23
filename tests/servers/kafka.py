"""A real Kafka broker (KRaft, one node) from the files that `make servers` put into .servers/."""

import base64
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from kafka.admin import KafkaAdminClient, NewPartitions

from tests.servers.process import ServerProcess, free_port, listens

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".servers" / "kafka"
HEAP = ("-Xms128m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")

PROPERTIES = """\
process.roles={roles}
node.id={node}
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners={listeners}
advertised.listeners=CLIENT://127.0.0.1:{port},INTERNAL://127.0.0.1:{internal_port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:{security}
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
log.dirs={data}
num.partitions=4
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.backoff.ms=200
log.retention.check.interval.ms=500
log.segment.delete.delay.ms=500
num.network.threads=2
num.io.threads=2
background.threads=2
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""


def missing() -> str | None:
    """Return why no broker can be started here, or None."""
    if shutil.which("java") is None:
        return "Java is not installed (make servers)"
    if not any(HOME.glob("*.jar")):
        return "Kafka is not installed (make servers)"
    return None


class KafkaServer:
    """One broker with its own folder and port; stops and starts again on the same data and port.

    `security` is what clients must speak, such as `SASL_PLAINTEXT`; `settings` are added to the broker's own. One
    `beside` another is a second broker of that one's cluster, which has the only controller.
    """

    def __init__(
        self,
        folder: Path,
        security: str = "PLAINTEXT",
        settings: str = "",
        beside: "KafkaServer | None" = None,
    ) -> None:
        self.port, internal_port = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._controller_port = free_port() if beside is None else beside._controller_port
        self._cluster = _new_id() if beside is None else beside._cluster
        listeners = f"CLIENT://127.0.0.1:{self.port},INTERNAL://127.0.0.1:{internal_port}"
        if beside is None:
            listeners += f",CONTROLLER://127.0.0.1:{self._controller_port}"
        self._folder = folder
        self._properties = folder / "server.properties"
        folder.mkdir(parents=True, exist_ok=True)
        text = PROPERTIES.format(
            roles="broker,controller" if beside is None else "broker",
            node=1 if beside is None else 2,
            listeners=listeners,
            port=self.port,
            internal_port=internal_port,
            controller_port=self._controller_port,
            security=security,
            data=folder / "data",
        )
        self._properties.write_text(text + settings, "utf-8")
        self._java = ["java", *HEAP, "-cp", f"{HOME}/*"]
        command = [*self._java, "kafka.Kafka", self._properties]
        self.process = ServerProcess("Kafka", command, folder / "kafka.log")

    def start(self) -> "KafkaServer":
        """Start the broker, formatting its folder the first time; return when it takes requests."""
        if not (self._folder / "data" / "meta.properties").exists():
            format_ = ["kafka.tools.StorageTool", "format", "-t", self._cluster, "-c", str(self._properties)]
            done = subprocess.run(
                [*self._java, *format_], capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
        seen = len(self.process.tail()) and self.process.log.stat().st_size
        self.process.start(lambda: listens(self.port) and self._serves(seen), within_s=60)
        return self

    def _serves(self, from_byte: int) -> bool:
        with self.process.log.open("rb") as log:
            log.seek(from_byte)
            return b"Kafka Server started" in log.read()

    def __str__(self) -> str:
        return self.bootstrap

    def stop(self) -> None:
        """Stop the broker in order; its data stays."""
        self.process.stop()

    def kill(self) -> None:
        """Kill the broker (SIGKILL); its data stays."""
        self.process.kill()


def give_partitions(servers: Sequence[str], topic: str, total: int) -> None:
    """Let a topic have so many partitions, more than it has."""
    with KafkaAdminClient(bootstrap_servers=list(servers)) as admin:
        admin.create_partitions({topic: NewPartitions(total_count=total)})


def _new_id() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
