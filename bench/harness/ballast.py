"""Makes a WebAssembly module large: functions that nothing calls, and data. What programs of real size cost to load,
map and compile shows with it; what the module does stays the same."""

FUNCTIONS, DATA_BYTES = 5200, 300_000
TYPE, FUNCTION, CODE, DATA = 1, 3, 10, 11


def unsigned(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def read_unsigned(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def sections(module):
    at = 8
    while at < len(module):
        size, start = read_unsigned(module, at + 1)
        yield module[at], module[start:start + size]
        at = start + size


class Numbers:
    """The same numbers every time."""

    def __init__(self):
        self.state = 1

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit


def body(numbers, first, index):
    """(i32, i32) -> i32 with three locals: arithmetic, memory, branches, loops and calls in a usual mixture."""
    def get(): return b"\x20" + unsigned(numbers.below(5))
    def put(): return b"\x21" + unsigned(numbers.below(5))
    def constant(): return b"\x41" + unsigned(numbers.below(60))
    def arithmetic(): return get() + (get() if numbers.below(2) else constant()) + b"\x6a\x6b\x6c\x71\x72\x73\x74\x76"[
        (i := numbers.below(8)):i + 1] + put()
    def load(): return get() + b"\x28\x02" + unsigned(4 * numbers.below(200)) + put()
    def store(): return get() + get() + b"\x36\x02" + unsigned(4 * numbers.below(200))
    def branch(): return get() + constant() + b"\x71\x04\x40" + arithmetic() + load() + b"\x05" + arithmetic() + b"\x0b"
    def loop(): return b"\x03\x40" + arithmetic() + store() + get() + constant() + b"\x49\x0d\x00\x0b"
    def call(): return get() + get() + b"\x10" + unsigned(first + numbers.below(index)) + put() if index else arithmetic()
    kinds = [arithmetic, arithmetic, load, load, store, branch, branch, loop, call]
    code = b"".join(kinds[numbers.below(len(kinds))]() for _ in range(24))
    code = b"\x01\x03\x7f" + code + get() + b"\x0b"
    return unsigned(len(code)) + code


def imported_functions(payload):
    count, at = read_unsigned(payload, 0)
    functions = 0
    for _ in range(count):
        for _ in range(2):
            size, at = read_unsigned(payload, at)
            at += size
        kind, at = payload[at], at + 1
        if kind != 0:
            raise ValueError("only functions are expected among the imports")
        _, at = read_unsigned(payload, at)
        functions += 1
    return functions


def with_ballast(module):
    """The module with the ballast behind what it has."""
    contents = dict(sections(module))
    types, _ = read_unsigned(contents[TYPE], 0)
    own, _ = read_unsigned(contents[FUNCTION], 0)
    first = imported_functions(contents.get(2, b"\0")) + own
    numbers = Numbers()
    data = bytes(numbers.below(256) for _ in range(DATA_BYTES))
    added = {
        TYPE: (1, b"\x60\x02\x7f\x7f\x01\x7f"),
        FUNCTION: (FUNCTIONS, unsigned(types) * FUNCTIONS),
        CODE: (FUNCTIONS, b"".join(body(numbers, first, index) for index in range(FUNCTIONS))),
        DATA: (1, b"\x01" + unsigned(len(data)) + data),  # passive: part of the file, not of the memory
    }
    out = bytearray(module[:8])
    for section, payload in sections(module):
        if section in added:
            count, at = read_unsigned(payload, 0)
            more, extra = added[section]
            payload = unsigned(count + more) + payload[at:] + extra
        elif section == 12:  # the number of data segments, which comes before the code
            payload = unsigned(read_unsigned(payload, 0)[0] + 1)
        out += bytes([section]) + unsigned(len(payload)) + payload
    return bytes(out)
