//! What the poll loop does after the machine slept.

use super::*;

/// C16: eight hours of sleep are one poll for each source that fell due, within five minutes and not all at once.
#[tokio::test]
async fn what_fell_due_in_a_sleep_is_polled_once_and_spread() {
    let now = Timestamp::now();
    let source = |n: u32| {
        let url = "https://outlet.example/feed".parse().expect("a test address");
        let id = SourceId::new(&format!("outlet-{n}")).expect("a test id");
        Arc::new(SourcePlan { source: Source::new(id, SourceKind::Feed, url), reader: Reader::Feed })
    };
    let plans: Vec<_> = (0..500).map(source).collect();
    let state = |wait| SourceState { next_check: Some(now + SignedDuration::from_secs(wait)), ..Default::default() };
    let waits = |n: usize| if n == 0 { 20 * HOUR } else { 900 };
    let bed = Bed::new(plans.iter().enumerate().map(|(n, plan)| (plan.source.id.clone(), state(waits(n)))));
    let mut scheduler = bed.scheduler(&plans);
    scheduler.woke(Duration::from_secs(8 * 3600));
    let wait = |plan: &Arc<SourcePlan>| {
        scheduler.entries[&plan.source.id].at.saturating_duration_since(Instant::now()).as_secs()
    };
    assert!((12 * 3600 - 60..=12 * 3600).contains(&wait(&plans[0])), "{}", wait(&plans[0]));
    let waits: Vec<u64> = plans[1..].iter().map(wait).collect();
    assert!(waits.iter().all(|wait| *wait <= 300));
    let busiest = (0..10).map(|part| waits.iter().filter(|wait| **wait / 30 == part).count()).max();
    // Fifty in half a minute are expected; a hundred would be seven standard deviations more.
    assert!(busiest < Some(100), "{busiest:?}");
    let mut planned = HashMap::new();
    for Reverse((at, id)) in &scheduler.due {
        *planned.entry(id).or_insert(0) += usize::from(scheduler.entries[id].at == *at);
    }
    assert!(planned.values().all(|polls| *polls == 1), "each is planned once");
}
