# Stops the service when the last version of the package goes; at an upgrade it runs on.
if [ "$1" -eq 0 ] && [ -d /run/systemd/system ]; then
    systemctl --no-reload disable --now sahelwatch.service || :
fi
