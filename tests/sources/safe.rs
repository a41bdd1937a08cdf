//! Connections that are not safe (C4): the fault is named where the operator looks, and nothing makes us pass over it.

use crate::bed::Bed;
use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::trials;

/// Seen failing with any certificate accepted, and with the library's words in place of ours.
#[test]
fn a_bad_certificate_is_named_in_the_status() {
    let faults = [
        ("expired", Certificate::Expired, "its certificate has expired"),
        ("early", Certificate::NotYetValid, "its certificate is not valid yet; is the clock right?"),
        ("other", Certificate::WrongName, "its certificate is for another name"),
    ];
    for (id, certificate, why) in faults {
        let trial = trials::of("C4");
        let server = HttpPeer::start_tls(certificate);
        let url = server.url("/feed");
        server.on("/feed", [Reply::feed(crate::bed::feed(&[]))]);
        let source = format!("[[source]]\nid = \"{id}\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n");
        let bed = Bed::new().with(&source);
        bed.serve(&[]);
        let authority = bed.folder().join("ca.pem");
        std::fs::write(&authority, server.authority()).unwrap();
        let bed = bed.asking(&format!("ca_file = {authority:?}"));
        bed.run(&["run", "--once"]);
        let status = bed.run(&["status"]);
        assert!(status.stdout.contains(id) && status.stdout.contains(why), "{status:?}");
        assert!(server.all_requests().is_empty(), "{id}: nothing is said to who is not the one");
        trial.passed(1);
    }
}

/// There is no key for it, neither for all sources nor for one, whatever other programs call it. Seen failing with unknown keys
/// passed over.
#[test]
fn nothing_switches_the_judgement_of_certificates_off() {
    let trial = trials::of("C4");
    let keys = ["insecure", "tls_verify", "verify", "verify_tls", "ssl_verify", "accept_invalid_certs", "danger"];
    let keys = &keys[..trials::count(2, keys.len())];
    for key in keys {
        for value in ["true", "false"] {
            let everywhere = Bed::new().asking(&format!("{key} = {value}"));
            let of_one = Bed::new().source("one", "feed", "/one", &format!("{key} = {value}"));
            for bed in [everywhere, of_one] {
                let ended = bed.run(&["check"]);
                assert_eq!(ended.code, Some(78), "{key} = {value}: {ended:?}");
            }
        }
    }
    trial.passed(keys.len() * 4);
}
