#!/bin/sh
# Names the system library that Node 26 ($1, or the one that npm's scripts run on) lacks, and its package: exit code 3. Says nothing (1) when
# it lacks none. In sh, because without that library no Node may be there to say it.

cd "$(dirname "$0")/../.." || exit 1
node=${1:-node_modules/.bin/node}
[ -e "$node" ] || exit 1
library=$("$node" --version 2>&1 | sed -n 's/.*error while loading shared libraries: \([^:]*\):.*/\1/p')
[ -n "$library" ] || exit 1

case $library in
  libatomic.so.1) package=libatomic1 redhat=libatomic ;;
  libstdc++.so.6) package=libstdc++6 redhat=libstdc++ ;;
  libgcc_s.so.1) package=libgcc-s1 redhat=libgcc ;;
  *) package="the package that has $library" redhat=$library ;;
esac
# While the link is there npm's scripts run on a Node that doesn't start; without it on the machine's own, which comes here again and says why.
rm -f node_modules/.bin/node
cat >&2 <<END

The system library $library is missing; Node 26, which mcpgw is built with, needs it.
  Debian, Ubuntu:  apt-get install $package
  Fedora, RHEL:    dnf install $redhat
Then run the same command again.
END
exit 3
