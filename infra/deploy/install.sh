#!/bin/sh
# Installs Carrel's agent on Debian, Raspberry Pi OS or OpenWrt, and starts it. Run it again to update or to change the credential.
#
#   wget -qO- SERVER/install/install.sh | sh -s -- --server SERVER --credential BASE64
#   sh install.sh credential.json      files beside this script are taken instead of the server's
#   sh install.sh - < credential.json  the same, from standard input
#
# --root DIR installs into a folder and starts nothing: for images, and for tests.
set -eu
umask 077

main() {
	server='' credential='' credential_file='' root=''
	read_arguments "$@"
	here=$(where_am_i)
	work=$(mktemp -d "${TMPDIR:-/tmp}/carrel-install.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM

	take_credential >"$work/agent.json"
	check_credential "$work/agent.json"
	system=$(which_system)
	[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "must run as root: put sudo before sh"
	check_node

	case "$system" in
		openwrt) install_openwrt ;;
		systemd) install_systemd ;;
		*) fail "neither systemd nor OpenWrt here; run it yourself: node agent.cjs --config /etc/carrel/agent.json" ;;
	esac
}

read_arguments() {
	while [ $# -gt 0 ]; do
		case "$1" in
			--server) [ $# -ge 2 ] || fail "--server needs an address"; server=${2%/}; shift ;;
			--credential) [ $# -ge 2 ] || fail "--credential needs the text that the page shows"; credential=$2; shift ;;
			--root) [ $# -ge 2 ] || fail "--root needs a folder"; root=${2%/}; shift ;;
			-) credential_file=- ;;
			-*) fail "$1 is not known; usage: install.sh [--server URL] [--root DIR] credential.json | - | --credential BASE64" ;;
			*) credential_file=$1 ;;
		esac
		shift
	done
}

fail() {
	echo "carrel: $1" >&2
	exit 1
}

# Folder of this script, or nothing when it came through a pipe.
where_am_i() {
	case "$0" in
		*install.sh) (cd "$(dirname "$0")" && pwd) ;;
		*) echo '' ;;
	esac
}

take_credential() {
	if [ -n "$credential" ]; then printf '%s' "$credential" | decode
	elif [ "$credential_file" = - ]; then cat
	elif [ -n "$credential_file" ]; then
		[ -r "$credential_file" ] || fail "cannot read $credential_file"
		cat "$credential_file"
	elif [ -r "$root/etc/carrel/agent.json" ]; then cat "$root/etc/carrel/agent.json"
	else fail "no credential; the page shows it when a probe is created (Settings)"
	fi
}

# OpenWrt has base64 only as an extra package, openssl rarely, and Node always, since the agent needs it.
decode() {
	if command -v base64 >/dev/null 2>&1; then base64 -d
	else node -e 'process.stdout.write(Buffer.from(require("fs").readFileSync(0,"latin1"),"base64"))'
	fi
}

check_credential() {
	for key in broker id token; do
		grep -q "\"$key\"" "$1" || fail "the credential has no \"$key\"; copy it again from the page, all of it"
	done
}

which_system() {
	if [ -e "$root/etc/openwrt_release" ]; then echo openwrt
	elif [ -d "$root/etc/systemd/system" ]; then echo systemd
	else echo unknown
	fi
}

check_node() {
	command -v node >/dev/null 2>&1 || fail "Node.js 18 or newer is needed: apt install nodejs (Debian, Raspberry Pi OS) or opkg install node (OpenWrt 24.10 and older; newer ones from a feed)"
	version=$(node -p 'process.versions.node.split(".")[0]')
	[ "$version" -ge 18 ] || fail "Node.js is version $version; 18 or newer is needed"
}

# Puts one file in place, all or nothing: a running agent never sees half of it. put NAME PATH MODE
put() {
	if [ -n "$here" ] && [ -r "$here/$1" ]; then cp "$here/$1" "$work/$1"
	elif [ -n "$here" ] && [ -r "$here/../../dist/$1" ]; then cp "$here/../../dist/$1" "$work/$1"
	elif [ -n "$server" ]; then fetch "$server/install/$1" "$work/$1"
	else fail "$1 is not beside this script, and no --server was given to take it from"
	fi
	[ -s "$work/$1" ] || fail "$1 came empty"
	place "$work/$1" "$2" "$3"
}

place() {
	mkdir -p "$root$(dirname "$2")"
	cp "$1" "$root$2.new"
	chmod "$3" "$root$2.new"
	mv -f "$root$2.new" "$root$2"
}

fetch() {
	if command -v wget >/dev/null 2>&1; then wget -q -O "$2" "$1" || fail "cannot get $1"
	elif command -v curl >/dev/null 2>&1; then curl -fsS -o "$2" "$1" || fail "cannot get $1"
	else node -e 'fetch(process.argv[1]).then(r=>{if(!r.ok)throw r.status;return r.arrayBuffer()}).then(b=>require("fs").writeFileSync(process.argv[2],Buffer.from(b))).catch(()=>process.exit(1))' "$1" "$2" || fail "cannot get $1"
	fi
}

# Only with a folder that everyone may enter can a user without rights run what lies in it.
open_folder() {
	mkdir -p "$root$1"
	chmod 755 "$root$1"
}

install_systemd() {
	open_folder /usr/local/lib/carrel
	put agent.cjs /usr/local/lib/carrel/agent.cjs 644
	put inventory.cjs /usr/local/lib/carrel/inventory.cjs 644
	put carrel-agent.service /etc/systemd/system/carrel-agent.service 644
	mkdir -p "$root/etc/carrel"
	chmod 700 "$root/etc/carrel"
	place "$work/agent.json" /etc/carrel/agent.json 600
	if [ -n "$root" ]; then echo "carrel: installed into $root"; return; fi
	systemctl daemon-reload
	systemctl enable --quiet carrel-agent.service
	systemctl restart carrel-agent.service
	echo "carrel: the agent runs; what it says: journalctl -u carrel-agent -f"
}

install_openwrt() {
	add_user
	open_folder /usr/lib/carrel
	put agent.cjs /usr/lib/carrel/agent.cjs 644
	put inventory.cjs /usr/lib/carrel/inventory.cjs 644
	put carrel.init /etc/init.d/carrel 755
	# What people changed stays.
	[ -e "$root/etc/config/carrel" ] || put carrel.uci /etc/config/carrel 644
	put carrel.keep /lib/upgrade/keep.d/carrel 644
	put carrel.hotplug /etc/hotplug.d/iface/90-carrel 755
	put carrel.ntp /etc/hotplug.d/ntp/90-carrel 755
	put carrel.acl.json /usr/share/acl.d/carrel.json 644
	mkdir -p "$root/etc/carrel/spool"
	chmod 700 "$root/etc/carrel" "$root/etc/carrel/spool"
	place "$work/agent.json" /etc/carrel/agent.json 600
	if [ -n "$root" ]; then echo "carrel: installed into $root"; return; fi
	chown -R carrel:carrel /etc/carrel
	# ubusd reads its access lists on HUP.
	killall -HUP ubusd 2>/dev/null || true
	/etc/init.d/carrel enable
	/etc/init.d/carrel restart
	echo "carrel: the agent runs; what it says: logread -e node -f"
}

# OpenWrt has no adduser. The number is above those of its packages.
add_user() {
	grep -q '^carrel:' "$root/etc/group" 2>/dev/null || echo 'carrel:x:4443:' >>"$root/etc/group"
	grep -q '^carrel:' "$root/etc/passwd" 2>/dev/null || echo 'carrel:x:4443:4443:carrel:/var/run:/bin/false' >>"$root/etc/passwd"
	chmod 644 "$root/etc/group" "$root/etc/passwd"
}

main "$@"
