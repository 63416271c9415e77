#!/bin/sh
# What udhcpc runs: takes the lease's address and router, for record.sh.
case $1 in
bound | renew)
	ip addr replace "$ip/${mask:-24}" dev "$interface"
	ip route replace default via "$router"
	;;
esac
