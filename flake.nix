{
  description = "Watches Sahel security news in feeds and web pages and e-mails alerts";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: { default = pkgs.callPackage ./deploy/nix/package.nix { }; });
      nixosModules.default = ./deploy/nix/module.nix;
    };
}
