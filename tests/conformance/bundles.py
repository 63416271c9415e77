"""Which captures tshark may read in one run: those without a common host."""

FRAMES_MAX = 20000

# Links that one file can hold beside each other.
LINKS = {"ethernet", "null", "raw", "linux_sll"}


class Bundle:
    def __init__(self):
        self.names, self.counts, self.hosts = [], [], set()

    def has_room(self, count, hosts):
        return (sum(self.counts) + count <= FRAMES_MAX
                and self.hosts.isdisjoint(hosts))

    def add(self, name, count, hosts):
        self.names.append(name)
        self.counts.append(count)
        self.hosts |= hosts


def may_join(reading, options):
    captures = reading.of("capture")
    return (reading.status == 0 and not options and len(captures) == 1
            and {i["link_type"] for i in captures[0]["interfaces"]} <= LINKS)


def made(captures):
    """Bundles of (name, frames, hosts, may it join others)."""
    found, open_ = [], []
    for name, count, hosts, joins in sorted(
            captures, key=lambda c: (-c[1], c[0])):
        bundle = next((b for b in open_ if joins
                       and b.has_room(count, hosts)), None)
        if bundle is None:
            bundle = Bundle()
            found.append(bundle)
            if joins:
                open_.append(bundle)
        bundle.add(name, count, hosts)
    return found
