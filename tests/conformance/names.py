"""Names and fingerprints: DNS, TLS, DHCP, HTTP, SSH, LLDP.

Every row is (protocol, field, value) with how often it was said."""

import hashlib
import re
from collections import Counter
from ipaddress import ip_address

import oracle

DNS_PROTOCOLS = ("dns", "mdns", "llmnr")
TLS_VERSIONS = {0x0002: "SSL 2.0", 0x0300: "SSL 3.0", 0x0301: "TLS 1.0",
                0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}
TLS_DRAFT = 0x7f
CLIENT_HELLO, SERVER_HELLO = "1", "2"
JA4_VERSIONS = {0x0300: "s3", 0x0301: "10", 0x0302: "11", 0x0303: "12",
                0x0304: "13"}


def dns_name(name):
    """As otcap writes it: the root a dot, what is no text in hexadecimal."""
    name = re.sub(r"\\([0-7]{3})",
                  lambda m: f"\\x{int(m.group(1), 8):02x}", name)
    return "." if name == "<Root>" else name.lower()


def dns_frames(frames):
    rows, opened = Counter(), oracle.Open()
    for frame in frames:
        protocol = next((p for p in DNS_PROTOCOLS if frame.over(p)), None)
        if not protocol:
            continue
        names = iter(frame.all("dns.qry.name"))
        for id_, answer, opcode, count in zip(
                frame.all("dns.id"), frame.all("dns.flags.response"),
                frame.all("dns.flags.opcode"), frame.all("dns.count.queries")):
            for _ in range(int(count)):
                name = next(names, None)
                # In angle brackets, why there is no name.
                if name is None or int(opcode, 0) or \
                        name.startswith(("<name", "<Name")):
                    continue
                if int(answer, 0):
                    opened.answer(frame, (id_, name))
                elif protocol == "mdns" or opened.is_new(frame, (id_, name)):
                    rows[protocol, "question", dns_name(name)] += 1
    return rows


def dns_records(reading):
    rows = Counter()
    for protocol in DNS_PROTOCOLS:
        for operation in reading.operations(protocol):
            if operation["name"] == "query" and operation.get("object") \
                    and operation.get("request", True):
                name = operation["object"].rsplit(" ", 1)[0].lower()
                rows[protocol, "question", name] += operation["count"]
    return rows


def facet(rows, reading, protocols, protocol, facet_name, field):
    """Count what the security facets of flows say."""
    for flow in reading.of("flow"):
        if flow["network"].get("protocol") in protocols:
            said = flow.get("security", {}).get(facet_name, {})
            for value, count in said.items():
                rows[protocol, field, value] += count


def facts(rows, reading, protocol, keys, messages, field):
    for fact in reading.facts(protocol):
        if fact["fact"] in keys and (not messages
                                     or fact.get("message") in messages):
            rows[protocol, field, fact["value"]] += fact["count"]


def tls_version(frame):
    """The version that a server hello chose; None where tshark tells none."""
    # supported_versions of a server hello has one value: the last.
    chosen = [int(v, 0) for v in
              frame.all("tls.handshake.extensions.supported_version")]
    legacy = [int(v, 0) for v in frame.all("tls.handshake.version")]
    version = (chosen or legacy or [0])[-1]
    if version >> 8 == TLS_DRAFT:
        return f"TLS 1.3 draft {version & 0xff}"
    return TLS_VERSIONS.get(version)


def is_grease(number):
    """RFC 8701."""
    return number & 0x0f0f == 0x0a0a and number >> 8 == number & 0xff


def ja4(frame):
    """FoxIO's JA4 of a client hello alone in its frame, from its fields."""
    def numbers(field):
        return [n for n in (int(v, 0) for v in frame.all(field))
                if not is_grease(n)]

    def part(values):
        return ",".join(f"{v:04x}" for v in values)

    def digest(text):
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def signature_algorithms():
        """Other extensions have lists of them too: a length for each."""
        values = iter(frame.all("tls.handshake.sig_hash_alg"))
        lengths = iter(frame.all("tls.handshake.sig_hash_alg_len"))
        for extension in extensions:
            if extension in (13, 34, 50):
                part_ = [next(values, "0") for _ in
                         range(int(next(lengths, "0")) // 2)]
                if extension == 13:
                    return [n for n in (int(v, 0) for v in part_)
                            if not is_grease(n)]
        return []

    suites = numbers("tls.handshake.ciphersuite")
    extensions = numbers("tls.handshake.extension.type")
    signatures = signature_algorithms()
    version = max(numbers("tls.handshake.extensions.supported_version")
                  or numbers("tls.handshake.version") or [0])
    protocol = (frame.all("tls.handshake.extensions_alpn_str") or ["00"])[0]
    sorted_ = part(sorted(e for e in extensions if e not in (0, 16)))
    if signatures:
        sorted_ += "_" + part(signatures)
    return "t%s%s%02d%02d%s_%s_%s" % (
        JA4_VERSIONS.get(version, "00"), "d" if 0 in extensions else "i",
        min(len(suites), 99), min(len(extensions), 99),
        protocol[0] + protocol[-1],
        digest(part(sorted(suites))) if suites else "0" * 12,
        digest(sorted_) if extensions else "0" * 12)


def tls_frames(frames):
    rows = Counter()
    for frame in frames:
        if not frame.over("tls") or frame.over("quic"):
            continue
        for field, name in (
                ("server name", "tls.handshake.extensions_server_name"),
                ("ja3", "tls.handshake.ja3"), ("ja3s", "tls.handshake.ja3s")):
            for value in frame.all(name):
                rows["tls", field, value] += 1
        if frame.all("tls.handshake.type") == [CLIENT_HELLO] \
                and frame.all("tls.handshake.ja3"):
            rows["tls", "ja4", ja4(frame)] += 1
        if SERVER_HELLO in frame.all("tls.handshake.type"):
            version = tls_version(frame)
            if version:
                rows["tls", "version", version] += 1
        for certificate in frame.all("tls.handshake.certificate"):
            digest = hashlib.sha256(bytes.fromhex(
                certificate.replace(":", ""))).hexdigest()
            rows["tls", "certificate", digest] = 1
    return rows


def tls_records(reading):
    rows = Counter()
    for flow in reading.of("flow"):
        security = flow.get("security", {})
        names = [("ja3", "ja3"), ("ja3s", "ja3s"), ("ja4", "ja4"),
                 ("version", "version")]
        if flow["network"].get("protocol") == "tls":
            names.append(("server_name", "server name"))
        for key, field in names:
            for value, count in security.get(key, {}).items():
                if key != "version" or value[:3] in ("TLS", "SSL"):
                    rows["tls", field, value] += count
        if flow["network"].get("protocol") != "opcua":
            for certificate in security.get("certificates", []):
                rows["tls", "certificate", certificate["sha256"]] = 1
    return rows


def dhcp_frames(frames):
    rows = Counter()
    for frame in frames:
        for name in frame.all("dhcp.option.hostname"):
            rows["dhcp", "host name", name] += 1
    return rows


def dhcp_records(reading):
    rows = Counter()
    facts(rows, reading, "dhcp", ("name",), (), "host name")
    return rows


def host_name(host):
    """A host header without its port; None for an address."""
    name = host.strip()
    if name.startswith("["):
        return None
    name = name.split(":")[0]
    try:
        ip_address(name)
        return None
    except ValueError:
        return name


def plain(value):
    """What tshark leaves of a header that is not ASCII."""
    return re.sub("[^ -~]+", "?", value.replace("\\\\", "\\")).strip()


def http_frames(frames):
    rows = Counter()
    for frame in frames:
        if not frame.over("http") or frame.over("ssdp"):
            continue
        for method in frame.all("http.request.method"):
            rows["http", "method", method.lower()] += 1
        for field, name in (("host", "http.host"),
                            ("user agent", "http.user_agent"),
                            ("server", "http.server")):
            for value in frame.all(name):
                rows["http", field, plain(value)] += 1
    return rows


def http_records(reading):
    rows = Counter()
    for operation in reading.operations("http"):
        if operation.get("request", True) \
                and operation["name"] != "client hello":
            rows["http", "method", operation["name"]] += operation["count"]
    facet(rows, reading, ("http",), "http", "server_name", "host")
    facts(rows, reading, "http", ("app",), ("user-agent",), "user agent")
    facts(rows, reading, "http", ("app",), ("server",), "server")
    whole, rows = rows, Counter()
    for (protocol, field, value), count in whole.items():
        rows[protocol, field, plain(value)] += count
    return rows


def ssh_banner(banner):
    """RFC 4253 4.2: SSH-version-software, a blank and comments. The software
    is a product and, behind a mark, its version."""
    version, _, rest = banner[4:].partition("-")
    software, _, comments = rest.removesuffix("\\r").partition(" ")
    product = re.fullmatch(r"(.+?)[-_/](\d.*)", software)
    return version, product.groups() if product else (software, ""), comments


def ssh_frames(frames):
    rows = Counter()
    for frame in frames:
        for banner in frame.all("ssh.protocol"):
            version, (product, release), comments = ssh_banner(banner)
            rows["ssh", "version", "SSH " + version] += 1
            for field, value in (("product", product), ("release", release),
                                 ("comments", comments)):
                if value:
                    rows["ssh", field, value] += 1
        for value in frame.all("ssh.kex.hassh"):
            rows["ssh", "hassh", value] += 1
        for value in frame.all("ssh.kex.hasshserver"):
            rows["ssh", "hassh server", value] += 1
    return rows


def ssh_records(reading):
    rows = Counter()
    facet(rows, reading, ("ssh",), "ssh", "version", "version")
    facet(rows, reading, ("ssh",), "ssh", "hassh", "hassh")
    facet(rows, reading, ("ssh",), "ssh", "hassh_server", "hassh server")
    for key, field in (("app", "product"), ("app_version", "release"),
                       ("os", "comments")):
        facts(rows, reading, "ssh", (key,), ("banner",), field)
    return rows


def lldp_frames(frames):
    rows = Counter()
    for frame in frames:
        if frame.all("lldp.chassis.subtype"):
            rows["lldp", "message", "advertisement"] += 1
        for name in frame.all("lldp.tlv.system.name"):
            rows["lldp", "system name", name] += 1
        # A PROFINET station's name stands in its port's or chassis's id
        # (IEC 61158-6-10).
        if frame.all("lldp.profinet.subtype"):
            _, dot, station = frame.last("lldp.port.id").partition(".")
            name = station if dot else bytes.fromhex(
                frame.last("lldp.chassis.id").replace(":", "")).decode()
            rows["lldp", "system name", name] += 1
    return rows


def lldp_records(reading):
    rows = Counter()
    facts(rows, reading, "lldp", ("name",), (), "system name")
    for operation in reading.operations("lldp"):
        rows["lldp", "message", "advertisement"] += operation["count"]
    return rows
