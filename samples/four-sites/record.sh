#!/bin/bash
# Records the captures of zones/four-sites from real protocol stacks, each
# host in a network namespace of its own; nothing leaves the namespaces.
#
#   record.sh [SECONDS]     as root on Debian; 90 seconds unless said;
#                           KEEP=FOLDER keeps the logs there
#
# Needs: iproute2 ethtool tcpdump dnsmasq-base udhcpc lldpd openssh-server
# openssh-client nginx-light openssl curl python3-pymodbus nodejs
# python3-serial-asyncio, and node-snap7 and ethernet-ip (by NODE_PATH, or
# they are fetched and built with npm, make and g++).
# A bridge stands for each network; the wide area is one more. The captures
# are taken at the bridges; finish.py makes one of them for each sensor.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:-90}
work=$(mktemp -d /tmp/four-sites.XXXXXX)
chmod 711 "$work" # nginx and lldpcli do not stay root
mkdir -p /run/sshd

# --- namespaces ----------------------------------------------------------

cleanup()
{
	local name

	# Only our own loops and what runs inside our own namespaces.
	jobs -p | xargs -r kill 2>/dev/null || :
	for name in $(ip netns list | awk '/^4s-/ { print $1 }'); do
		ip netns pids "$name" | xargs -r kill 2>/dev/null || :
	done
	sleep 1
	for name in $(ip netns list | awk '/^4s-/ { print $1 }'); do
		ip netns pids "$name" | xargs -r kill -9 2>/dev/null || :
		ip netns del "$name"
		rm -rf "/etc/netns/$name"
	done
	[ -z "${KEEP-}" ] || cp -r "$work" "$KEEP"
	rm -rf "$work"
	rmdir /etc/netns 2>/dev/null || :
}

# at HOST COMMAND...: run it in the namespace, under the host's name.
at()
{
	local host=$1

	shift
	ip netns exec "4s-$host" unshare --uts sh -c \
	    'hostname "$0"; exec "$@"' "$host" "$@"
}

# serve HOST COMMAND...: the same in the background, until the end.
serve()
{
	at "$@" >>"$work/$1.log" 2>&1 &
}

bridge()
{
	ip -n 4s-switch link add "$1" type bridge group_fwd_mask 0x4000 \
	    mcast_snooping 0 stp_state 0 forward_delay 0
	ip -n 4s-switch link set "$1" up
}

namespace()
{
	ip netns add "4s-$1"
	mkdir -p "/etc/netns/4s-$1"
	printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$1" \
	    >"/etc/netns/4s-$1/hosts"
	ip -n "4s-$1" link set lo up
	ip netns exec "4s-$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
	    net.ipv6.conf.default.disable_ipv6=1 2>/dev/null || :
}

# wire HOST BRIDGE MAC [ADDRESS/LEN]...: one more interface of a host.
wire()
{
	local host=$1 bridge=$2 mac=$3 end="$2-$(($(ip -n 4s-switch -o link |
	    wc -l)))" address

	shift 3
	ip -n 4s-switch link add "$end" type veth peer name "$bridge" \
	    netns "4s-$host"
	ip -n 4s-switch link set "$end" master "$bridge" up
	ip -n "4s-$host" link set "$bridge" address "$mac"
	# Checksums and segments as they would be on the wire.
	ip netns exec "4s-$host" ethtool -K "$bridge" rx off tx off sg off \
	    tso off gso off gro off >/dev/null 2>&1
	ip -n "4s-$host" link set "$bridge" up
	for address; do
		ip -n "4s-$host" addr add "$address" dev "$bridge"
	done
}

# host NAME BRIDGE MAC ADDRESS/LEN GATEWAY; ADDRESS "dhcp" leaves it bare.
host()
{
	namespace "$1"
	echo "nameserver ${6:-$5}" >"/etc/netns/4s-$1/resolv.conf"
	if [ "$4" = dhcp ]; then
		wire "$1" "$2" "$3"
		return
	fi
	wire "$1" "$2" "$3" "$4"
	ip -n "4s-$1" route add default via "$5"
}

lease()
{
	at "$1" udhcpc -q -n -t 5 -i "$2" -s "$here/dhcp-lease.sh" \
	    -V "${3:-MSFT 5.0}" -x "hostname:$1" >>"$work/$1.log" 2>&1
}

router()
{
	namespace "$1"
	ip netns exec "4s-$1" sysctl -qw net.ipv4.ip_forward=1 \
	    net.ipv4.conf.all.send_redirects=0 \
	    net.ipv4.conf.default.send_redirects=0
}

# --- services ------------------------------------------------------------

# names HOST DNSMASQ-OPTION...: DNS, and DHCP where a range is given.
names()
{
	local host=$1

	shift
	serve "$host" dnsmasq -k -C /dev/null -R -h -u root --log-facility=- \
	    -x "$work/$host.pid" -l "$work/$host.leases" --no-ping \
	    --local=/example.com/example.net/lagos.example/dubai.example/ \
	    --host-record=www.example.com,198.51.100.80 \
	    --host-record=update.example.net,198.51.100.80 \
	    --host-record=orders.lagos.example,10.2.10.30 \
	    --host-record=historian.lagos.example,10.2.10.10 \
	    --host-record=crm.dubai.example,10.3.30.30 "$@"
}

certificate()
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
	    -subj "/O=Four Sites Ltd/CN=$1" -addext "subjectAltName=DNS:$1" \
	    -keyout "$work/$1.key" -out "$work/$1.crt" 2>/dev/null
}

# web HOST NAME TLS-VERSION: nginx on 80 and 443.
web()
{
	local root=$work/$1.www

	certificate "$2"
	mkdir -p "$root"
	printf '<html><title>%s</title><p>%s</p></html>\n' "$2" \
	    "$(seq -s ' ' 200)" >"$root/index.html"
	cat >"$work/$1.nginx" <<-END
	daemon off;
	pid $work/$1.nginx.pid;
	error_log $work/$1.error;
	events { }
	http {
		access_log off;
		client_body_temp_path $work/$1.b;
		proxy_temp_path $work/$1.p;
		fastcgi_temp_path $work/$1.f;
		uwsgi_temp_path $work/$1.u;
		scgi_temp_path $work/$1.s;
		root $root;
		server {
			listen 80;
			listen 443 ssl;
			ssl_protocols $3;
			ssl_certificate $work/$2.crt;
			ssl_certificate_key $work/$2.key;
		}
	}
	END
	serve "$1" nginx -c "$work/$1.nginx" -e "$work/$1.error"
}

shell()
{
	serve "$1" /usr/sbin/sshd -D -e -f /dev/null -h "$work/hostkey" \
	    -o "AuthorizedKeysFile=$work/id.pub" -o UsePAM=no \
	    -o StrictModes=no -o PermitRootLogin=yes -o PidFile=none \
	    -o PasswordAuthentication=no
}

ssh_options="-F none -i $work/id -o StrictHostKeyChecking=no -o LogLevel=ERROR
    -o UserKnownHostsFile=/dev/null -o BatchMode=yes"

# neighbour HOST INTERFACE PORT DESCRIPTION: LLDP of a switch.
neighbour()
{
	local socket=$work/$1.lldp line

	serve "$1" lldpd -d -u "$socket" -S "$4" -I "$2" -L /bin/false
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ ! -S "$socket" ] || break
		sleep 0.3
	done
	for line in "configure lldp tx-interval 15" \
	    "configure system capabilities enabled bridge" \
	    "configure ports $2 lldp portidsubtype local $3" resume; do
		# Words of one command.
		lldpcli -u "$socket" $line >>"$work/$1.log" 2>&1
	done
}

fetch()
{
	local host=$1

	shift
	at "$host" curl -sk --max-time 10 -o /dev/null "$@" \
	    >>"$work/$host.log" 2>&1 || :
}

# every SECONDS COMMAND...: until the recording ends.
every()
{
	local pause=$1 left

	shift
	while left=$((seconds - SECONDS)); [ "$left" -gt 0 ]; do
		"$@"
		sleep $((pause < left ? pause : left))
	done
}

modbus()
{
	at "$1" /usr/bin/python3 "$here/modbus.py" poll "${@:2}" >>"$work/$1.log" 2>&1
}

s7()
{
	at "$1" node "$here/s7.js" poll "${@:2}" >>"$work/$1.log" 2>&1
}

cip()
{
	at "$1" node "$here/cip.js" "${@:2}" >>"$work/$1.log" 2>&1
}

field()
{
	at "$1" /usr/bin/python3 "$here/field.py" "${@:2}" \
	    >>"$work/$1.log" 2>&1
}

# --- the plant -----------------------------------------------------------

trap cleanup EXIT
trap 'exit 130' INT TERM

if ! node -e 'require("node-snap7"); require("ethernet-ip")' 2>/dev/null; then
	(cd "$work" && npm install --ignore-scripts node-snap7 ethernet-ip &&
	    cd node_modules/node-snap7 &&
	    "$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js" \
	    rebuild --nodedir=/usr) >"$work/npm.log" 2>&1
	export NODE_PATH=$work/node_modules
fi
ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/hostkey"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/id"

namespace switch
for each in par110 par120 par130 lagoff lagfac dub310 dub320 dub330 tiaoff \
    tiafac wide; do
	bridge $each
done

for each in r-paris r-lagos r-dubai r-tianjin r-wide; do
	router $each
done
wire r-paris wide 00:1b:54:01:00:fe 172.31.0.1/24
wire r-paris par110 00:1b:54:01:00:6e 10.1.10.1/24
wire r-paris par120 00:1b:54:01:00:78 10.1.20.1/24
wire r-paris par130 00:1b:54:01:00:82 10.1.30.1/24
wire r-lagos wide 00:1b:54:02:00:fe 172.31.0.2/24
wire r-lagos lagoff 00:1b:54:02:00:0a 10.2.10.1/24
wire r-lagos lagfac 00:1b:54:02:00:14 10.20.0.1/24
wire r-dubai wide 00:1b:54:03:00:fe 172.31.0.3/24
wire r-dubai dub310 00:1b:54:03:00:0a 10.3.10.1/24
wire r-dubai dub320 00:1b:54:03:00:14 10.3.20.1/24
wire r-dubai dub330 00:1b:54:03:00:1e 10.3.30.1/24
wire r-tianjin wide 00:1b:54:04:00:fe 172.31.0.4/24
wire r-tianjin tiaoff 00:1b:54:04:00:0a 10.4.10.1/24
wire r-tianjin tiafac 00:1b:54:04:00:14 10.20.0.1/24
wire r-wide wide 00:1b:54:05:00:fe 172.31.0.254/24 198.51.100.1/24 \
    192.0.2.1/24 203.0.113.1/24

# The factory of Lagos is routed from everywhere, that of Tianjin only from
# its own offices: the same addresses, so the wide area knows one of them.
for each in paris dubai tianjin wide; do
	ip -n 4s-r-$each route add 10.2.0.0/16 via 172.31.0.2
	[ $each = tianjin ] ||
		ip -n 4s-r-$each route add 10.20.0.0/24 via 172.31.0.2
done
for each in lagos dubai tianjin wide; do
	ip -n 4s-r-$each route add 10.1.0.0/16 via 172.31.0.1
done
for each in paris lagos tianjin wide; do
	ip -n 4s-r-$each route add 10.3.0.0/16 via 172.31.0.3
done
for each in paris lagos dubai wide; do
	ip -n 4s-r-$each route add 10.4.0.0/16 via 172.31.0.4
done
for each in paris lagos dubai tianjin; do
	ip -n 4s-r-$each route add default via 172.31.0.254
done

host guest-1 par110 f0:18:98:11:00:21 dhcp 10.1.10.1
host guest-2 par110 8c:79:f5:11:00:22 dhcp 10.1.10.1
host sales-1 par120 18:66:da:12:00:11 dhcp 10.1.20.1
host exec-1 par130 54:e1:ad:13:00:11 10.1.30.11/24 10.1.30.1

host historian-1 lagoff 18:66:da:21:00:10 10.2.10.10/24 10.2.10.1
host jump-1 lagoff 00:50:56:21:00:20 10.2.10.20/24 10.2.10.1
host orders-1 lagoff 94:18:82:21:00:30 10.2.10.30/24 10.2.10.1
host office-1 lagoff 18:66:da:21:01:01 dhcp 10.2.10.1
host office-2 lagoff 94:18:82:21:01:02 10.2.10.102/24 10.2.10.1

host plc-1 lagfac 00:80:f4:22:00:11 10.20.0.11/24 10.20.0.1
host plc-2 lagfac 00:1b:1b:22:00:12 10.20.0.12/24 10.20.0.1
host rtu-1 lagfac 00:30:a7:22:00:13 10.20.0.13/24 10.20.0.1
host mixer-1 lagfac 00:00:bc:22:00:14 10.20.0.14/24 10.20.0.1
host hmi-1 lagfac 00:d0:c9:22:00:21 10.20.0.21/24 10.20.0.1
host eng-1 lagfac 18:66:da:22:00:30 10.20.0.30/24 10.20.0.1

host visitor-1 dub310 f0:18:98:31:00:21 dhcp 10.3.10.1
host visitor-2 dub310 8c:79:f5:31:00:22 dhcp 10.3.10.1 192.0.2.53
host dealer-1 dub320 54:e1:ad:32:00:11 dhcp 10.3.20.1
host clerk-1 dub330 18:66:da:33:00:11 10.3.30.11/24 10.3.30.1
host crm-1 dub330 94:18:82:33:00:30 10.3.30.30/24 10.3.30.1

host mes-1 tiaoff 18:66:da:41:00:10 10.4.10.10/24 10.4.10.1
host planner-1 tiaoff 54:e1:ad:41:01:01 dhcp 10.4.10.1 10.2.10.1
# As in Lagos: a PLC there at .11 is a panel here, the panel there (.21) a PLC.
host panel-1 tiafac 00:d0:c9:42:00:11 10.20.0.11/24 10.20.0.1
host packer-1 tiafac 00:30:de:42:00:12 10.20.0.12/24 10.20.0.1
host filler-1 tiafac 00:1b:1b:42:00:21 10.20.0.21/24 10.20.0.1

host www wide 00:1b:54:0a:00:50 198.51.100.80/24 198.51.100.1
ip -n 4s-www addr add 192.0.2.53/24 dev wide
host vendor-1 wide 00:1b:54:0a:00:07 203.0.113.7/24 203.0.113.1
host vendor-2 wide 00:1b:54:0a:00:63 203.0.113.99/24 203.0.113.1

# Switches, which have no address; a visitor with IPv6 left on.
for each in par130 lagoff lagfac tiafac; do
	namespace sw-$each
done
wire sw-par130 par130 00:1b:54:13:00:02
wire sw-lagoff lagoff 00:1b:54:21:00:02
wire sw-lagfac lagfac 00:80:63:22:00:02
wire sw-tiafac tiafac 00:80:63:42:00:02
ip netns exec 4s-visitor-1 sysctl -qw net.ipv6.conf.all.disable_ipv6=0 \
    net.ipv6.conf.default.disable_ipv6=0 2>/dev/null || :

# --- services up, then the sensors ----------------------------------------

names r-paris --dhcp-range=10.1.10.50,10.1.10.99,1h \
    --dhcp-range=10.1.20.50,10.1.20.99,1h \
    --dhcp-host=f0:18:98:11:00:21,10.1.10.51 \
    --dhcp-host=8c:79:f5:11:00:22,10.1.10.52 \
    --dhcp-host=18:66:da:12:00:11,10.1.20.51 --domain=paris.example
names r-lagos --dhcp-range=10.2.10.100,10.2.10.199,1h \
    --dhcp-host=18:66:da:21:01:01,10.2.10.101 --domain=lagos.example
names r-dubai --dhcp-range=10.3.10.50,10.3.10.99,1h \
    --dhcp-range=10.3.20.50,10.3.20.99,1h \
    --dhcp-host=f0:18:98:31:00:21,10.3.10.51 \
    --dhcp-host=8c:79:f5:31:00:22,10.3.10.52 \
    --dhcp-host=54:e1:ad:32:00:11,10.3.20.51 --domain=dubai.example
names r-tianjin --dhcp-range=10.4.10.100,10.4.10.199,1h \
    --dhcp-host=54:e1:ad:41:01:01,10.4.10.101 --domain=tianjin.example
names www
web www www.example.com 'TLSv1.2 TLSv1.3'
web orders-1 orders.lagos.example TLSv1.2
web historian-1 historian.lagos.example TLSv1.2
web crm-1 crm.dubai.example TLSv1.3
shell jump-1
shell eng-1
serve plc-1 /usr/bin/python3 "$here/modbus.py" serve 'Schneider Electric' \
    'BMX P34 2020' v2.70
serve plc-1 /usr/bin/python3 "$here/web.py" Schneider-WEB/V2.2 'Modicon M340'
serve plc-2 node "$here/s7.js" serve
serve plc-2 /usr/bin/python3 "$here/field.py" dcp-device lagfac plc-2 S7-300 \
    10.20.0.12 10.20.0.1
serve rtu-1 /usr/bin/python3 "$here/field.py" dnp3-outstation
serve mixer-1 /usr/bin/python3 "$here/field.py" cip-target \
    '1756-L61/B LOGIX5561' 10.20.0.14
serve packer-1 /usr/bin/python3 "$here/modbus.py" serve WAGO '750-881' '01.09.18'
serve filler-1 node "$here/s7.js" serve
sleep 3

mkdir "$work/raw"
for each in par110 par120 par130 lagoff lagfac dub310 dub320 dub330 tiaoff \
    tiafac; do
	ip netns exec 4s-switch tcpdump -q -U -i $each -w "$work/raw/$each" \
	    >>"$work/tcpdump.log" 2>&1 &
done
sleep 2

# --- traffic --------------------------------------------------------------

SECONDS=0
neighbour sw-par130 par130 Gi1/0/24 'Cisco IOS Software, C2960 Software, Version 15.2(2)E9'
neighbour sw-lagoff lagoff Gi1/0/12 'Cisco IOS Software, C2960 Software, Version 15.2(2)E9'
neighbour sw-lagfac lagfac 1/7 'Hirschmann MACH - SW: L2P-09.0.03'
neighbour sw-tiafac tiafac 1/3 'Hirschmann MACH - SW: L2P-08.0.06'
lease guest-1 par110 'android-dhcp-13'
lease guest-2 par110 'android-dhcp-12'
lease sales-1 par120
lease office-1 lagoff
lease visitor-1 dub310 'android-dhcp-13'
lease visitor-2 dub310 'android-dhcp-12'
lease dealer-1 dub320
lease planner-1 tiaoff

{
	# Background: the web, name service, applications of the company.
	every 20 fetch guest-1 https://www.example.com/ &
	every 25 fetch guest-2 http://www.example.com/ &
	every 25 fetch visitor-1 https://www.example.com/ &
	every 25 fetch visitor-2 http://update.example.net/ &
	every 30 fetch sales-1 https://www.example.com/ &
	every 30 fetch exec-1 https://www.example.com/ &
	every 30 fetch office-1 https://www.example.com/ &
	every 30 fetch clerk-1 https://www.example.com/ &
	every 20 fetch sales-1 https://orders.lagos.example/ &
	every 25 fetch sales-1 https://crm.dubai.example/ &
	every 20 fetch dealer-1 https://orders.lagos.example/ &
	every 30 fetch exec-1 http://historian.lagos.example/ &
	every 20 fetch clerk-1 https://crm.dubai.example/ &
	every 20 fetch office-2 http://orders.lagos.example/ &
	every 20 fetch planner-1 https://www.example.com/ &

	# Lagos: the panel polls and writes, the historian only reads, and
	# the offices may read the counters.
	modbus hmi-1 10.20.0.11 1 "$seconds" 1 holding:0:16 coil:0:8 &
	modbus hmi-1 10.20.0.11 1 "$seconds" 15 write:20:1500,1510 set:3:1 \
	    holding:190:20 &
	s7 hmi-1 10.20.0.12 "$seconds" 2 read:1:0:32 read:2:0:64 &
	s7 hmi-1 10.20.0.12 "$seconds" 30 order cpu write:10:4:1,2 &
	field hmi-1 dnp3-master 10.20.0.13 "$seconds" &
	cip hmi-1 10.20.0.14 "$seconds" 4 Speed Level &
	modbus historian-1 10.20.0.11 1 "$seconds" 5 holding:0:50 &
	s7 historian-1 10.20.0.12 "$seconds" 5 read:2:0:64 &
	modbus office-1 10.20.0.11 1 "$seconds" 20 input:0:8 &

	# Tianjin: other machines at the same addresses.
	s7 panel-1 10.20.0.21 "$seconds" 1 read:1:0:16 &
	s7 panel-1 10.20.0.21 "$seconds" 20 order cpu write:10:0:7,7,7,7 &
	modbus panel-1 10.20.0.12 1 "$seconds" 3 id discrete:0:16 \
	    holding:40:4 &
	s7 mes-1 10.20.0.21 "$seconds" 10 read:10:0:8 &

	# Lagos: the engineer looks round.
	sleep 5
	field eng-1 cip-list 10.20.0.255
	field eng-1 dcp-browse lagfac

	# The stories. A guest finds the page and the registers of a PLC.
	sleep 5
	fetch guest-2 http://10.20.0.11/ http://10.20.0.11/diag.htm
	modbus guest-2 10.20.0.11 1 6 2 id holding:0:4

	# An office writes to a PLC.
	modbus office-2 10.20.0.11 1 1 1 input:0:2
	modbus office-2 10.20.0.11 1 4 2 write:20:3000,3000 set:3:0

	# One vendor comes by way of the jump host.
	at vendor-1 ssh $ssh_options 10.2.10.20 \
	    "ssh $(echo $ssh_options) 10.20.0.30 'uname; sleep 4; id'" \
	    >>"$work/vendor-1.log" 2>&1

	# Another does not.
	fetch vendor-2 http://10.20.0.11/index.htm
	s7 vendor-2 10.20.0.12 4 2 order cpu read:2:0:16
	s7 vendor-2 10.20.0.12 1 1 write:10:4:0,0

	# A visitor's machine looks for a share that nobody offers.
	at visitor-2 curl -s --max-time 3 telnet://10.2.10.30:445 \
	    </dev/null >/dev/null 2>&1 || :

	left=$((seconds - SECONDS + 4))
	[ "$left" -le 0 ] || sleep "$left"
}

# --- one capture for each sensor -------------------------------------------

ip netns pids 4s-switch | xargs -r kill
sleep 1
raw=$work/raw
sources=$here/../SOURCES.csv
[ -s "$sources" ] || echo file,sha256,how >"$sources"
finish()
{
	local sum how

	/usr/bin/python3 "$here/finish.py" "$1" \
	    "Recorded in network namespaces by samples/four-sites/record.sh" \
	    "$here/$1.pcapng" "${@:3}"
	sum=$(sha256sum "$here/$1.pcapng" | cut -d ' ' -f 1)
	how="record.sh in network namespaces: $2"
	sed -i "\\|^four-sites/$1\\.pcapng,|d" "$sources"
	echo "four-sites/$1.pcapng,$sum,\"$how\"" >>"$sources"
}
office="dnsmasq, udhcpc, nginx, curl"
factory="pymodbus, node-snap7, openssh"
tagged="802.1Q tags by finish.py"
finish paris "$office, lldpd, pymodbus; $tagged" \
    "$raw/par110:110" "$raw/par120:120" "$raw/par130:130"
finish lagos-offices "$office, lldpd, $factory" "$raw/lagoff"
finish lagos-factory "$factory, lldpd, http.server, ethernet-ip; DNP3 both \
ways, the EtherNet/IP target and PROFINET DCP by hand (field.py)" \
    "$raw/lagfac"
finish dubai "$office; $tagged" \
    "$raw/dub310:310" "$raw/dub320:320" "$raw/dub330:330"
finish tianjin-offices "$office, node-snap7" "$raw/tiaoff"
finish tianjin-factory "lldpd, pymodbus, node-snap7" "$raw/tiafac"
ls -l "$here"/*.pcapng
