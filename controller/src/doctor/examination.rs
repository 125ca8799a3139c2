//! What is looked at in a region.

use std::time::Duration;

use cloud::{ask::Reply, hello::Access, lease::PROBE, names};
use listeners::{Kind, Reference};

use super::{Finding, Health};
use crate::{
    aws::{Account, AwsError},
    grouped::{counted, grouped},
    invoke::lambda::{Offset, Pong, Region},
    plan::FunctionPlan,
    preflight::{Trouble, grant, prepare},
    secrets::{Unreadable, distinct},
};

/// How often the clock is read.
const READINGS: usize = 5;

/// Beyond this, a clock is worth setting. Runs correct it all the same.
const WRONG_CLOCK_S: f64 = 1.0;

pub(super) struct Examination {
    pub(super) account: Account,
    pub(super) number: String,
    pub(super) region: String,
    pub(super) most: u32,
    /// How long a function may have to live.
    pub(super) longest: Duration,
    pub(super) functions: FunctionPlan,
    pub(super) build: String,
    pub(super) secrets: Vec<(Kind, Reference)>,
}

impl Examination {
    pub(super) async fn run(self) -> Vec<Finding> {
        let (deployed, quota) = tokio::join!(self.deployed(), self.quota());
        let is_there = deployed.is_ok();
        let mut findings = deployed.unwrap_or_else(|finding| vec![finding]);
        findings.push(quota);
        if is_there {
            // What stops this look is a finding too.
            findings.extend(self.at_work().await.unwrap_or_else(|finding| vec![finding]));
        }
        findings
    }

    /// What the function itself says.
    async fn at_work(&self) -> Result<Vec<Finding>, Finding> {
        let client = |error| Finding::aws(Some(&self.region), "client", &error);
        let bucket = names::bucket(&self.number, &self.region);
        let store = self.account.store(&bucket, &self.region).map_err(client)?;
        let written = store.put(PROBE, b"{}".to_vec()).await;
        let region = Region::new(&self.account, &self.region, &self.functions.name, 1);
        let region = region.map_err(client)?.replying(self.functions.reply);
        let region = region.with_store(&bucket, store).with_secrets(distinct(&self.secrets));
        let (reply, pongs) = self.pongs(region).await?;
        let mut findings = vec![
            self.answers(reply, &pongs),
            self.same_build(&pongs),
            self.memory(&pongs),
            self.lease(&bucket, written.err().map(|error| error.to_string()), &pongs),
            self.clock(&pongs),
        ];
        findings.extend(self.secrets(&pongs));
        Ok(findings)
    }

    fn update(&self) -> String {
        format!("{} brings it up to date", prepare(&self.functions.name, "--build --upload"))
    }

    fn good(&self, subject: &'static str, message: String) -> Finding {
        Finding::new(Some(&self.region), subject, Health::Good, message)
    }

    fn poor(&self, subject: &'static str, message: String) -> Finding {
        Finding::new(Some(&self.region), subject, Health::Poor, message)
    }

    fn bad(&self, subject: &'static str, message: String) -> Finding {
        Finding::new(Some(&self.region), subject, Health::Bad, message)
    }

    /// What Lambda says of the function. An error if there is nothing more to be looked at.
    async fn deployed(&self) -> Result<Vec<Finding>, Finding> {
        let subject = "function";
        let name = &self.functions.name;
        let lambda = self.account.lambda(&self.region);
        let configuration = lambda.get_function_configuration().function_name(name).send().await;
        let configuration = match configuration {
            Ok(configuration) => configuration,
            Err(error) => {
                let error = AwsError::of("lambda:GetFunctionConfiguration", &error);
                if error.code() == Some("ResourceNotFoundException") {
                    let finding = self.bad(subject, format!("there is no function `{name}`"));
                    return Err(
                        finding.hint(format!("{} makes it", prepare(name, "--build --upload")))
                    );
                }
                let finding = Finding::aws(Some(&self.region), subject, &error);
                // Only its invocation is needed for a run.
                let denied = error.is_denied();
                return if denied { Ok(vec![finding.but(Health::Poor)]) } else { Err(finding) };
            }
        };
        let hash = configuration.code_sha256().unwrap_or("unknown");
        let found = self.good(subject, format!("`{name}`, code {hash}"));
        let timeout = u64::try_from(configuration.timeout().unwrap_or(0)).unwrap_or(0);
        let timeout = Duration::from_secs(timeout);
        Ok(if timeout < self.longest {
            let [lives, needed] = [timeout, self.longest].map(engine::duration::format);
            let message = format!("it may live {lives}, and this run needs {needed}");
            vec![found, self.bad("timeout", message).hint(self.update())]
        } else {
            vec![found]
        })
    }

    /// How many functions may run at once.
    async fn quota(&self) -> Finding {
        let subject = "quota";
        let quota = match self.functions.reserved_concurrency {
            Some(reserved) => reserved,
            None => match self.account.quota(&self.region).await {
                Ok(quota) => quota,
                Err(error) => {
                    let finding = Finding::aws(Some(&self.region), subject, &error);
                    return finding.but(Health::Poor);
                }
            },
        };
        let message =
            format!("{} functions at once, {} needed", grouped(quota), grouped(self.most));
        if quota >= self.most {
            return self.good(subject, message);
        }
        self.bad(subject, message).hint(
            "raise users_per_function or the number of regions, or ask AWS (Service Quotas, \
             Lambda, Concurrent executions) for more",
        )
    }

    async fn pongs(&self, region: Region) -> Result<(Reply, Vec<Pong>), Finding> {
        let silent = |error| {
            let trouble = Trouble::ping(&self.region, &self.functions.name, &error);
            let finding = self.bad("invocation", trouble.message);
            Finding { hint: trouble.hint, ..finding }
        };
        let (region, first) = region.greeted().await.map_err(silent)?;
        let mut pongs = vec![first];
        for _ in 1..READINGS {
            pongs.push(region.ping().await.map_err(silent)?);
        }
        Ok((region.reply(), pongs))
    }

    fn answers(&self, reply: Reply, pongs: &[Pong]) -> Finding {
        let subject = "invocation";
        let took = pongs.iter().map(|pong| pong.offset.error_s * 2.0);
        let quickest = took.fold(f64::INFINITY, f64::min) * 1000.0;
        let within = format!("answers within {quickest:.0} ms");
        match (self.functions.reply, reply) {
            (_, Reply::Stream) => self.good(subject, format!("{within}, as a stream")),
            (Reply::Whole, Reply::Whole) => self.good(subject, format!("{within}, as a whole")),
            (Reply::Stream, Reply::Whole) => {
                let message = format!("{within}, and cannot stream: results show only at the end");
                self.poor(subject, message)
            }
        }
    }

    fn same_build(&self, pongs: &[Pong]) -> Finding {
        let (there, here) = (&pongs[0].hello.build, &self.build);
        if there == here {
            return self.good("build", format!("{there}, the same as here"));
        }
        let message = format!("built from other sources: {there}, and here it is {here}");
        self.bad("build", message).hint(self.update())
    }

    fn memory(&self, pongs: &[Pong]) -> Finding {
        let (there, planned) = (pongs[0].hello.memory_mb, self.functions.memory_mb);
        let [found, wanted] = [there, planned].map(grouped);
        if there == planned {
            return self.good("memory", format!("{found} MB"));
        }
        let message = format!("{found} MB, and the profile says {wanted} MB");
        self.bad("memory", message).hint(self.update())
    }

    fn lease(&self, bucket: &str, unwritable: Option<String>, pongs: &[Pong]) -> Finding {
        let hint = "without it a run can start, but not be stopped before its functions end; \
                    `prepare-lambda --upload` makes the bucket and the permissions";
        let problem = match (unwritable, &pongs[0].hello.bucket) {
            (Some(why), _) => format!("{bucket} cannot be written from here: {why}"),
            (None, Some(Access::Failed(why))) => {
                format!("{bucket} cannot be used by the function: {why}")
            }
            (None, _) => return self.good("lease", format!("{bucket} can be written and read")),
        };
        self.poor("lease", problem).hint(hint)
    }

    /// Whether the listeners' secrets can be read; nothing is said if they have none in AWS.
    fn secrets(&self, pongs: &[Pong]) -> Vec<Finding> {
        let subject = "secrets";
        let looked = pongs[0].hello.secrets.iter();
        let looked = looked.map(|secret| (&secret.reference, &secret.access));
        let unreadable = Unreadable::of(&self.secrets, looked);
        if unreadable.is_empty() && !self.secrets.is_empty() {
            let count = counted(distinct(&self.secrets).len() as u64, "secret");
            return vec![self.good(subject, format!("{count} of the listeners can be read"))];
        }
        let bad = |unreadable: &Unreadable| self.bad(subject, unreadable.to_string());
        let hint = grant(&self.functions.name);
        unreadable.iter().map(|unreadable| bad(unreadable).hint(hint.clone())).collect()
    }

    fn clock(&self, pongs: &[Pong]) -> Finding {
        let offset = Offset::surest(pongs.iter().map(|pong| pong.offset)).unwrap_or(Offset::NONE);
        let ahead = offset.ahead_s;
        let message = format!(
            "this machine's is {:.3} s {} (give or take {:.3} s)",
            ahead.abs(),
            if ahead < 0.0 { "ahead" } else { "behind" },
            offset.error_s,
        );
        if ahead.abs() < WRONG_CLOCK_S + offset.error_s {
            return self.good("clock", message);
        }
        self.poor("clock", message).hint("runs correct this; set the clock (NTP) all the same")
    }
}
