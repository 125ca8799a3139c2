//! What is looked at in a region.

use cloud::{ask::Reply, hello::Access, lease::PROBE, names};

use super::{Finding, Health};
use crate::{
    aws::{Account, AwsError},
    grouped::grouped,
    invoke::lambda::{Offset, PingError, Pong, Region},
    plan::FunctionPlan,
    preflight::{Trouble, first_answer, prepare},
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
    pub(super) functions: FunctionPlan,
    pub(super) build: String,
}

impl Examination {
    pub(super) async fn run(self) -> Vec<Finding> {
        let mut findings = self.deployed().await;
        findings.push(self.quota().await);
        let bucket = names::bucket(&self.number, &self.region);
        let region = Region::new(&self.account, &self.region, &self.functions.name, 1);
        let store = self.account.store(&bucket, &self.region);
        let (region, store) = match (region, store) {
            (Ok(region), Ok(store)) => (region.with_store(&bucket, store.clone()), store),
            (Err(error), _) | (_, Err(error)) => {
                findings.push(Finding::aws(Some(&self.region), "client", &error));
                return findings;
            }
        };
        let written = store.put(PROBE, b"{}".to_vec()).await;
        match self.pongs(region.replying(self.functions.reply)).await {
            Err(error) => {
                let trouble = Trouble::ping(&self.region, &self.functions.name, &error);
                let finding = self.bad("invocation", trouble.message);
                findings.push(Finding { hint: trouble.hint, ..finding });
            }
            Ok((reply, pongs)) => {
                findings.push(self.answers(reply, &pongs));
                findings.push(self.same_build(&pongs));
                findings.push(self.lease(&bucket, written.err().map(|e| e.to_string()), &pongs));
                findings.push(self.clock(&pongs));
            }
        }
        findings
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

    /// What Lambda says of the function.
    async fn deployed(&self) -> Vec<Finding> {
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
                    let prepare = prepare(name, "--build --upload");
                    return vec![finding.hint(format!("{prepare} makes it"))];
                }
                if error.is_denied() {
                    // Only its invocation is needed for a run.
                    let finding = Finding::aws(Some(&self.region), subject, &error);
                    return vec![Finding { health: Health::Poor, ..finding }];
                }
                return vec![Finding::aws(Some(&self.region), subject, &error)];
            }
        };
        let hash = configuration.code_sha256().unwrap_or("unknown");
        let mut findings = vec![self.good(subject, format!("`{name}`, code {hash}"))];
        let memory = configuration.memory_size().and_then(|size| u32::try_from(size).ok());
        let planned = self.functions.memory_mb;
        let update = format!("{} brings it up to date", prepare(name, "--upload"));
        findings.push(match memory {
            Some(memory) if memory == planned => self.good("memory", format!("{memory} MB")),
            Some(memory) => self
                .bad("memory", format!("{memory} MB, and the profile says {planned} MB"))
                .hint(update.clone()),
            None => self.poor("memory", "it is not said".into()),
        });
        let timeout = configuration.timeout().unwrap_or(0);
        if timeout < 900 {
            let message = format!("the function may live {timeout} s only, of 900");
            findings.push(self.bad("timeout", message).hint(update));
        }
        findings
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
                    return Finding { health: Health::Poor, ..finding };
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

    async fn pongs(&self, region: Region) -> Result<(Reply, Vec<Pong>), PingError> {
        let (region, first) = first_answer(region).await?;
        let mut pongs = vec![first];
        for _ in 1..READINGS {
            pongs.push(region.ping().await?);
        }
        Ok((region.reply(), pongs))
    }

    fn answers(&self, reply: Reply, pongs: &[Pong]) -> Finding {
        let took = pongs.iter().map(|pong| pong.offset.error_s * 2.0);
        let quickest = took.fold(f64::INFINITY, f64::min) * 1000.0;
        let how = match reply {
            Reply::Stream => "as a stream",
            Reply::Whole => "as a whole, so results show only at the end of an interval",
        };
        let message = format!("answers within {quickest:.0} ms, {how}");
        // Whoever asked for it knows.
        if reply == self.functions.reply {
            self.good("invocation", message)
        } else {
            self.poor("invocation", message)
        }
    }

    fn same_build(&self, pongs: &[Pong]) -> Finding {
        let there = &pongs[0].hello.build;
        if *there == self.build {
            return self.good("build", format!("{there}, the same as here"));
        }
        let message = format!("{there}, and here it is {}", self.build);
        let prepare = prepare(&self.functions.name, "--build --upload");
        self.bad("build", message).hint(format!("{prepare} brings it up to date"))
    }

    fn lease(&self, bucket: &str, unwritable: Option<String>, pongs: &[Pong]) -> Finding {
        let hint = format!(
            "without it a run can start, but not be stopped before its functions end; {} makes \
             the bucket and the permissions",
            prepare(&self.functions.name, "--upload"),
        );
        let problem = match (unwritable, &pongs[0].hello.bucket) {
            (Some(why), _) => format!("{bucket} cannot be written from here: {why}"),
            (None, Some(Access::Failed(why))) => {
                format!("{bucket} cannot be read by the function: {why}")
            }
            (None, _) => return self.good("lease", format!("{bucket} can be written and read")),
        };
        self.poor("lease", problem).hint(hint)
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
