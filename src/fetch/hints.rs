//! What a server's headers ask of the next poll. Pure: now is an argument, and nothing is capped here; the schedule clamps.

use std::time::{Duration, SystemTime};

use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

use super::Hints;

/// What a number of seconds beyond all numbers stands for (RFC 9111 §1.2.2): who writes one wants peace for long.
const TOO_LONG: u64 = 1 << 31;

/// Reads the hints of an answer that arrived at `now`. What cannot be understood is as good as not said.
pub(super) fn read(headers: &HeaderMap, now: SystemTime) -> Hints {
    // Dates are compared with the server's own clock where it tells it: ours and theirs may be hours apart.
    let reference = date(headers, &DATE).unwrap_or(now);
    Hints { retry_after: retry_after(headers, reference), fresh_for: fresh_for(headers, reference) }
}

/// Seconds or a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, reference: SystemTime) -> Option<Duration> {
    seconds(text(headers, &RETRY_AFTER)?).or_else(|| date(headers, &RETRY_AFTER)?.duration_since(reference).ok())
}

/// The freshness lifetime less the age (RFC 9111 §4.2), as a private cache sees it; `None` when nothing is left of it.
fn fresh_for(headers: &HeaderMap, reference: SystemTime) -> Option<Duration> {
    let lifetime = match cache_control(headers) {
        CacheControl::NoReuse => return None,
        CacheControl::MaxAge(age) => age,
        CacheControl::Silent => date(headers, &EXPIRES)?.duration_since(reference).ok()?,
    };
    let age = text(headers, &AGE).and_then(seconds).unwrap_or_default();
    lifetime.checked_sub(age).filter(|left| !left.is_zero())
}

enum CacheControl {
    Silent,
    NoReuse,
    MaxAge(Duration),
}

/// The strictest reading of all `Cache-Control` fields; of several `max-age` the first counts (RFC 9111 §4.2.1).
fn cache_control(headers: &HeaderMap) -> CacheControl {
    let mut said = CacheControl::Silent;
    for field in headers.get_all(CACHE_CONTROL) {
        for directive in field.to_str().unwrap_or_default().split(',') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            let name = name.trim();
            if name.eq_ignore_ascii_case("no-cache") || name.eq_ignore_ascii_case("no-store") {
                return CacheControl::NoReuse;
            }
            if name.eq_ignore_ascii_case("max-age") && matches!(said, CacheControl::Silent) {
                // A max-age that is no number makes the answer stale, it does not hand over to Expires.
                said = seconds(value.trim().trim_matches('"')).map_or(CacheControl::NoReuse, CacheControl::MaxAge);
            }
        }
    }
    said
}

fn seconds(text: &str) -> Option<Duration> {
    // `u64::from_str` would take a plus sign too.
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(TOO_LONG)))
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(text(headers, name)?).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-03-01 12:00:00 UTC.
    fn now() -> SystemTime {
        httpdate::parse_http_date("Sat, 01 Mar 2025 12:00:00 GMT").unwrap()
    }

    fn hints(headers: &[(&'static str, &'static str)]) -> Hints {
        let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        read(&map, now())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let year = 365 * 86_400;
        let ten_years = (10 * year).to_string().leak();
        for (value, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            (ten_years, Some(10 * year)),
            ("Sat, 01 Mar 2025 12:02:00 GMT", Some(120)),
            ("Saturday, 01-Mar-25 12:02:00 GMT", Some(120)),
            ("Sat, 01 Mar 2025 11:00:00 GMT", None),
            ("-5", None),
            ("+5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
            ("99999999999999999999999", Some(TOO_LONG)),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(hints(&[("retry-after", value)]).retry_after, expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_is_measured_by_the_clock_of_the_server() {
        let skewed = [("date", "Sat, 01 Mar 2025 10:00:00 GMT"), ("retry-after", "Sat, 01 Mar 2025 10:05:00 GMT")];
        assert_eq!(hints(&skewed).retry_after, Some(Duration::from_secs(300)));
    }

    #[test]
    fn freshness_follows_cache_control_then_expires() {
        let later = "Sat, 01 Mar 2025 13:00:00 GMT";
        for (headers, expected) in [
            (&[("cache-control", "max-age=600")][..], Some(600)),
            (&[("cache-control", "public, Max-Age=\"600\"")], Some(600)),
            (&[("cache-control", "max-age=600"), ("age", "100")], Some(500)),
            (&[("cache-control", "max-age=600"), ("age", "600")], None),
            (&[("cache-control", "max-age=600"), ("age", "old")], Some(600)),
            (&[("cache-control", "max-age=600"), ("expires", later)], Some(600)),
            (&[("cache-control", "max-age=600, max-age=60")], Some(600)),
            (&[("cache-control", "max-age=600, no-cache")], None),
            (&[("cache-control", "no-store"), ("expires", later)], None),
            (&[("cache-control", "max-age=0")], None),
            (&[("cache-control", "max-age=soon"), ("expires", later)], None),
            (&[("cache-control", "s-maxage=600")], None),
            (&[("cache-control", "public"), ("expires", later)], Some(3600)),
            (&[("expires", later), ("age", "60")], Some(3540)),
            (&[("expires", "Sat, 01 Mar 2025 11:00:00 GMT")], None),
            (&[("expires", "0")], None),
            (&[], None),
        ] {
            assert_eq!(hints(headers).fresh_for, expected.map(Duration::from_secs), "{headers:?}");
        }
    }

    #[test]
    fn fields_sent_twice_are_read_together() {
        let mut map = HeaderMap::new();
        map.append(CACHE_CONTROL, "max-age=600".parse().unwrap());
        map.append(CACHE_CONTROL, "no-cache".parse().unwrap());
        assert_eq!(read(&map, now()).fresh_for, None);
    }
}
