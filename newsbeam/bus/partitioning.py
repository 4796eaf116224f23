"""Which partition a key belongs to: the same answer as Kafka's default partitioner, on every bus."""

MASK = 0xFFFFFFFF
MULTIPLIER = 0x5BD1E995
SEED = 0x9747B28C


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of `key` among `partitions`: murmur2, made positive, modulo (Kafka's own rule)."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """Return the 32-bit MurmurHash2 of `data`, unsigned, with the seed that Kafka's clients agreed on."""
    length = len(data)
    whole = length - length % 4
    state = SEED ^ length
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * MULTIPLIER & MASK
        word = (word ^ word >> 24) * MULTIPLIER & MASK
        state = (state * MULTIPLIER & MASK) ^ word
    if whole < length:
        state = (state ^ int.from_bytes(data[whole:], "little")) * MULTIPLIER & MASK
    state = (state ^ state >> 13) * MULTIPLIER & MASK
    return state ^ state >> 15
