"""The bus: durable, partitioned, replayable topics. `open_bus(url)` chooses the implementation."""

from newsbeam.bus.options import KafkaOptions
from newsbeam.bus.port import Batch, Bounds, Bus, Publisher, Reader, Record, Sent
from newsbeam.bus.url import open_bus

__all__ = ["Batch", "Bounds", "Bus", "KafkaOptions", "Publisher", "Reader", "Record", "Sent", "open_bus"]
