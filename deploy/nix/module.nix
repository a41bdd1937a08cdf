# services.sahelwatch: the unit of deploy/systemd, with the program of this package in it.
{ config, lib, pkgs, ... }:

let
  cfg = config.services.sahelwatch;
  # The hardening stands in one place, the shipped unit; only the path of the program is another one here.
  unit = pkgs.runCommand "sahelwatch-unit" { } ''
    mkdir -p $out/lib/systemd/system
    substitute ${../systemd/sahelwatch.service} $out/lib/systemd/system/sahelwatch.service \
      --replace-fail /usr/bin/sahelwatch ${lib.getExe cfg.package}
  '';
in
{
  options.services.sahelwatch = {
    enable = lib.mkEnableOption "alerts on Sahel security news";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = lib.literalExpression "pkgs.callPackage ./package.nix { }";
      description = "The program.";
    };

    smtpPasswordFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      example = "/run/keys/smtp-password";
      description = ''
        A file with the password of the mail account, outside of the store, which everybody can read. The configuration names it
        with `password_credential = "smtp-password"`.
      '';
    };
  };

  # The configuration stays in /etc/sahelwatch, where `sahelwatch init` writes it and `sahelwatch source add` edits it: it names
  # recipients, and the store of Nix is readable for everybody.
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];

    users.users.sahelwatch = {
      isSystemUser = true;
      group = "sahelwatch";
      home = "/var/lib/sahelwatch";
    };
    users.groups.sahelwatch = { };

    systemd.tmpfiles.rules = [
      "d /etc/sahelwatch 0750 root sahelwatch -"
      "d /etc/sahelwatch/conf.d 0750 root sahelwatch -"
      "d /etc/sahelwatch/credentials 0700 root root -"
    ];

    systemd.packages = [ unit ];
    systemd.services.sahelwatch = {
      # NixOS reads [Install] from here, not from the unit.
      wantedBy = [ "multi-user.target" ];
      serviceConfig = lib.mkIf (cfg.smtpPasswordFile != null) {
        LoadCredential = "smtp-password:${toString cfg.smtpPasswordFile}";
      };
    };
  };
}
