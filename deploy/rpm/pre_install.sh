# The account, before files are given to its group. (deploy/systemd/sahelwatch.sysusers says the same, but is not there yet.)
getent group sahelwatch >/dev/null || groupadd -r sahelwatch
getent passwd sahelwatch >/dev/null ||
    useradd -r -g sahelwatch -d /var/lib/sahelwatch -s /usr/sbin/nologin -c "Sahelwatch security-news alerts" sahelwatch
