"""Length-prefixed frames over pipes: u32 little-endian length, then that many bytes."""
import os
import struct

HEADER = struct.Struct("<I")


def write(descriptor, payload):
    """Writes one frame whole."""
    data = memoryview(HEADER.pack(len(payload)) + payload)
    while data:
        data = data[os.write(descriptor, data):]


def read_exactly(descriptor, count):
    """Reads count bytes; None at the end of the stream."""
    chunks = []
    while count:
        chunk = os.read(descriptor, count)
        if not chunk:
            return None
        chunks.append(chunk)
        count -= len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def read(descriptor):
    """Reads one frame; None at the end of the stream."""
    header = read_exactly(descriptor, HEADER.size)
    return None if header is None else read_exactly(descriptor, HEADER.unpack(header)[0])
