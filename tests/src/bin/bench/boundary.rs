//! What crossing the boundary costs: the same calls from Rust, Kotlin and Swift, beside each other.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use satchel_ffi::{
    AccountRequest, CallbackError, ChangesView, CredentialVault, ListOrder, MailCore, MailError,
    MailObserver, MailboxRole, MessageFlag, OpenRequest, PopRule, Secret, ServerTrust, SyncRequest,
    VaultError,
};
use satchel_postoffice::{Features, PostOffice, sample};
use satchel_tests::counter;

use crate::report::{Report, Row, median};
use crate::{Arguments, Done};

const ANN: &str = "ann@example.org";
const MESSAGES: u64 = 1_000;
/// Lines `LANGUAGE BENCH name median p95 n` that the other languages' benches printed, in microseconds.
const LINES: &str = "SATCHEL_BENCH_LINES";
const MEASURES: [(&str, &str); 5] = [
    ("noop", "noop"),
    ("page-50", "page of 50"),
    ("page-100", "page of 100"),
    ("event", "flag to event heard"),
    ("open-first-50", "open to first 50 rows"),
];

#[derive(Default)]
struct Vault(Mutex<BTreeMap<String, String>>);

impl Vault {
    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl CredentialVault for Vault {
    fn get(&self, key: String) -> Result<Option<Secret>, VaultError> {
        Ok(self.locked().get(&key).map(|words| Secret::from(words.clone())))
    }
    fn set(&self, key: String, secret: Secret) -> Result<(), VaultError> {
        self.locked().insert(key, secret.reveal());
        Ok(())
    }
    fn delete(&self, key: String) -> Result<(), VaultError> {
        self.locked().remove(&key);
        Ok(())
    }
}

struct Ear(Mutex<mpsc::Sender<()>>);

impl MailObserver for Ear {
    fn on_changes(&self, changes: ChangesView) -> Result<(), CallbackError> {
        if !changes.messages.is_empty() {
            let _ = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).send(());
        }
        Ok(())
    }
}

/// Rust here and now; the other languages' lines from the file the chore names.
pub(crate) fn boundary(arguments: &Arguments) -> Done<Report> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let rust =
        runtime.map_err(|why| why.to_string())?.block_on(from_rust()).map_err(|why| why.to_string())?;
    let mut report = Report {
        title: "The boundary".to_owned(),
        workload: format!("{MESSAGES} messages in one mailbox; each language in a process of its own."),
        rounds: arguments.rounds,
        versions: [("Satchel".to_owned(), satchel_ffi::library_version().unwrap_or_default())].into(),
        rows: Vec::new(),
        notes: vec![
            "median; least is left out for Kotlin and Swift, whose most is the 95th percentile".to_owned(),
            "flag to event: a durable write, the event, and in Kotlin and Swift the row read again"
                .to_owned(),
        ],
        failed: Vec::new(),
    };
    let lines = std::env::var(LINES).ok().and_then(|file| std::fs::read_to_string(file).ok());
    let lines = lines.unwrap_or_default();
    for (name, measure) in MEASURES {
        report.rows.extend(rust.get(name).and_then(|samples| Row::of("Rust", measure, "µs", samples, &[])));
        for language in ["Kotlin", "Swift"] {
            match figures(&lines, language, name) {
                Some(samples) => report.rows.extend(Row::of(language, measure, "µs", &samples, &[])),
                None => report.notes.push(format!("{language}, {measure}: not measured")),
            }
        }
    }
    for language in ["Rust", "Kotlin", "Swift"] {
        let goal = if language == "Rust" { 500.0 } else { 1_000.0 };
        let page = report.figure(language, "page of 50");
        report.judge(&format!("{language}, page of 50, µs"), page, &format!("≤ {goal}"), |us| us <= goal);
    }
    Ok(report)
}

/// The median twice and the 95th percentile, so that the row's median is that median.
fn figures(lines: &str, language: &str, name: &str) -> Option<Vec<f64>> {
    let prefix = format!("{language} BENCH {name} ");
    let rest = lines.lines().find_map(|line| line.strip_prefix(&prefix))?;
    let mut numbers = rest.split(' ').map(|word| word.parse::<f64>().ok());
    let (middle, high) = (numbers.next()??, numbers.next()??);
    Some(vec![middle, middle, high])
}

async fn from_rust() -> Result<BTreeMap<&'static str, Vec<f64>>, MailError> {
    let folder = tempfile::tempdir().map_err(fault)?;
    let office = PostOffice::with_clock(Features::rich(), sample::now);
    office.add_user(ANN, "sea and salt");
    for (raw, seen, at) in counter::letters(MESSAGES, sample::now()) {
        office.deliver(ANN, "INBOX", raw, seen.then_some("\\Seen"), at).map_err(fault)?;
    }
    let server = office.listen().await.map_err(fault)?;
    let vault = Arc::new(Vault::default());
    let open = || {
        let request = OpenRequest { home: folder.path().display().to_string() };
        MailCore::open(request, Arc::clone(&vault) as Arc<dyn CredentialVault>, None)
    };
    let core = open()?;
    let request = AccountRequest {
        address: ANN.to_owned(),
        incoming: format!("imaps://localhost:{}", server.imaps),
        submission: None,
        password: Secret::from("sea and salt".to_owned()),
        trust: ServerTrust::PlatformAnd { authorities: server.ca_pem.clone().into() },
        pop_rule: PopRule::Leave,
        prove: true,
    };
    let account = core.add_account(request).await?;
    core.sync(account.id, SyncRequest::default(), None).await?;
    let mailboxes = core.mailboxes(account.id).await?;
    let inbox = mailboxes.iter().find(|m| m.role == Some(MailboxRole::Inbox)).ok_or(fault("no inbox"))?.id;
    let mut samples = BTreeMap::new();
    let noops = (0..20_000).map(|_| timed(|| core.is_open().is_ok())).collect();
    samples.insert("noop", noops);
    for (name, limit) in [("page-50", 50), ("page-100", 100)] {
        let pages = samples.entry(name).or_insert_with(Vec::new);
        for _ in 0..500 {
            let begun = Instant::now();
            core.page(inbox, ListOrder::Messages, limit, None).await?;
            pages.push(micros(begun));
        }
    }
    let row = core.page(inbox, ListOrder::Messages, 1, None).await?.rows;
    let row = row.first().ok_or(fault("no message"))?.id;
    samples.insert("event", events(&core, row).await?);
    core.shutdown().await?;
    let opens = samples.entry("open-first-50").or_insert_with(Vec::new);
    for _ in 0..50 {
        let begun = Instant::now();
        let core = open()?;
        core.message_list(inbox, ListOrder::Messages)?.show(0, 50, None).await?;
        opens.push(micros(begun));
        core.shutdown().await?;
    }
    log::debug!("median of opening: {:?}", median(opens));
    Ok(samples)
}

async fn events(core: &MailCore, row: satchel_core::ids::PlacementId) -> Result<Vec<f64>, MailError> {
    let (told, heard) = mpsc::channel();
    let _subscription = core.subscribe(Arc::new(Ear(Mutex::new(told))))?;
    let mut samples = Vec::new();
    for turn in 0..100 {
        // Batches come at most ten times a second: each is measured from rest.
        tokio::time::sleep(Duration::from_millis(150)).await;
        while heard.try_recv().is_ok() {}
        let begun = Instant::now();
        let flag = vec![MessageFlag::Flagged];
        let (add, remove) = if turn % 2 == 0 { (flag, Vec::new()) } else { (Vec::new(), flag) };
        core.flag(vec![row], add, remove).await?;
        tokio::task::block_in_place(|| heard.recv_timeout(Duration::from_secs(10))).map_err(fault)?;
        samples.push(micros(begun));
    }
    Ok(samples)
}

fn timed(work: impl FnOnce() -> bool) -> f64 {
    let begun = Instant::now();
    std::hint::black_box(work());
    micros(begun)
}

fn micros(begun: Instant) -> f64 {
    begun.elapsed().as_nanos() as f64 / 1_000.0
}

fn fault(why: impl ToString) -> MailError {
    MailError::Internal { sentence: why.to_string(), reason: why.to_string() }
}
