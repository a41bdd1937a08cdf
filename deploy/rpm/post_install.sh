# Makes the folders. Starts nothing; at an upgrade, what runs is started again if the new version takes the configuration.
systemd-tmpfiles --create sahelwatch.conf
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if ! systemctl --quiet is-active sahelwatch.service; then
        :
    elif env CREDENTIALS_DIRECTORY=/etc/sahelwatch/credentials /usr/bin/sahelwatch check --quiet; then
        systemctl try-restart sahelwatch.service ||
            echo "sahelwatch: it does not start again; see: systemctl status sahelwatch" >&2
    else
        # A service that ends at a configuration the new version refuses would be silence.
        echo "sahelwatch: the new version refuses the configuration, so the old one keeps running until it is mended:" >&2
        echo "CREDENTIALS_DIRECTORY=/etc/sahelwatch/credentials sahelwatch check && systemctl restart sahelwatch" >&2
    fi
fi
[ "$1" -gt 1 ] ||
    echo "sahelwatch: not started. Edit /etc/sahelwatch/sahelwatch.toml, then: sahelwatch check && systemctl enable --now sahelwatch"
