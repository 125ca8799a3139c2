//! The bucket of an account and region: for what keeps runs going, and for large zips.

use aws_sdk_s3::{
    Client,
    error::{BuildError, SdkError},
    primitives::ByteStream,
    types::{
        AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint,
        CreateBucketConfiguration, Delete, ExpirationStatus, LifecycleExpiration, LifecycleRule,
        LifecycleRuleFilter, ObjectIdentifier, PublicAccessBlockConfiguration, Tag, Tagging,
    },
};
use cloud::names;

use crate::{
    account::Account,
    build::zip::Package,
    call::{self, Said},
    change::{Change, Changes},
    clients::Clients,
    error::Error,
    pace::Pace,
};

/// What the bucket's tag says: it is not a single test's.
const SHARED: &str = "shared";

/// After how many days everything in it expires.
const DAYS: i32 = 1;

/// A region's bucket.
pub(crate) struct Bucket {
    client: Client,
    region: String,
    account: String,
    name: String,
    arn: String,
    pace: Pace,
}

/// What there is under a bucket's name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    Nothing,
    /// One that was made for load tests.
    Ours,
    /// One without tags: its creation was cut off.
    Untagged,
}

impl Bucket {
    pub(crate) fn new(clients: &Clients, account: &Account, region: &str, pace: Pace) -> Self {
        Self {
            client: clients.s3(region),
            region: region.into(),
            account: account.id.clone(),
            name: names::bucket(&account.id, region),
            arn: account.bucket(region),
            pace,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What there is under its name.
    ///
    /// # Errors
    ///
    /// It is someone else's, or AWS does not say.
    pub(crate) async fn read(&self) -> Result<Found, Error> {
        let request = self.client.get_bucket_tagging().bucket(&self.name);
        let tags = match request.expected_bucket_owner(&self.account).send().await {
            Err(error) if call::is(&error, "NoSuchBucket") => return Ok(Found::Nothing),
            tags => call::if_any(tags, &["NoSuchTagSet"]),
        };
        let tags = tags.map_err(self.failed("s3:GetBucketTagging"))?;
        let tags = tags.map(|output| output.tag_set).unwrap_or_default();
        if tags.is_empty() {
            return Ok(Found::Untagged);
        }
        if tags.iter().any(|tag| tag.key == names::TAG) {
            Ok(Found::Ours)
        } else {
            Err(self.foreign())
        }
    }

    /// Makes it what it is to be.
    pub(crate) async fn ensure(&self, changes: &mut Changes) -> Result<(), Error> {
        let found = self.read().await?;
        if found == Found::Nothing {
            if changes.due(Change::create(format!("bucket {}", self.name))) {
                self.create().await?;
                self.tag().await?;
                self.close().await?;
                self.let_expire().await?;
            }
            return Ok(());
        }
        if found == Found::Untagged && changes.due(Change::set("the bucket's tag")) {
            self.tag().await?;
        }
        if !self.is_closed().await? && changes.due(Change::set("the bucket private")) {
            self.close().await?;
        }
        if !self.expires().await? && changes.due(Change::set("when the bucket's objects expire")) {
            self.let_expire().await?;
        }
        Ok(())
    }

    /// Puts a function's code into it, and says where.
    pub(crate) async fn put(&self, package: &Package) -> Result<String, Error> {
        let key = format!("code/{}.zip", package.name());
        let put = self.client.put_object().bucket(&self.name).key(&key);
        let put = put.expected_bucket_owner(&self.account);
        let put = put.body(ByteStream::from(package.bytes().to_vec())).send().await;
        put.map_err(self.failed_within("s3:PutObject"))?;
        Ok(key)
    }

    /// Empties it and removes it.
    pub(crate) async fn remove(&self) -> Result<(), Error> {
        loop {
            let found = self.client.list_objects_v2().bucket(&self.name).send().await;
            let found = found.map_err(self.failed("s3:ListBucket"))?;
            let keys = found.contents().iter().filter_map(|object| object.key());
            let objects = keys.map(|key| ObjectIdentifier::builder().key(key).build());
            let objects: Vec<_> =
                objects.collect::<Result<_, _>>().map_err(|e| self.unbuilt(&e))?;
            if objects.is_empty() {
                break;
            }
            let objects = Delete::builder().set_objects(Some(objects)).quiet(true).build();
            let objects = objects.map_err(|error| self.unbuilt(&error))?;
            let deleted = self.client.delete_objects().bucket(&self.name).delete(objects);
            let deleted = deleted.send().await;
            let deleted = deleted.map_err(self.failed_within("s3:DeleteObject"))?;
            if let Some(error) = deleted.errors().first() {
                let code = error.code().unwrap_or_default().to_owned();
                let message = error.message().unwrap_or_default().to_owned();
                let (region, action) = (self.region.clone(), "s3:DeleteObject");
                return Err(Error::Aws { region, action, code, message });
            }
        }
        let removed = self.client.delete_bucket().bucket(&self.name);
        let removed = removed.expected_bucket_owner(&self.account).send().await;
        let removed = call::if_any(removed, &["NoSuchBucket"]);
        removed.map_err(self.failed("s3:DeleteBucket"))?;
        Ok(())
    }

    async fn create(&self) -> Result<(), Error> {
        // The one region that a bucket must not be asked for in.
        let elsewhere = self.region != "us-east-1";
        let place = elsewhere.then(|| {
            let place = BucketLocationConstraint::from(self.region.as_str());
            CreateBucketConfiguration::builder().location_constraint(place).build()
        });
        let request = self.client.create_bucket().bucket(&self.name);
        let request = request.set_create_bucket_configuration(place);
        // One of its name that was removed a moment ago is in the way for a while.
        let passing = |error: &SdkError<_>| call::is(error, "OperationAborted");
        let created = self.pace.retry(async || request.clone().send().await, passing).await;
        let created = call::if_any(created, &["BucketAlreadyOwnedByYou"]);
        created.map_err(self.failed("s3:CreateBucket"))?;
        Ok(())
    }

    async fn tag(&self) -> Result<(), Error> {
        let tag = Tag::builder().key(names::TAG).value(SHARED).build();
        let tag = tag.map_err(|error| self.unbuilt(&error))?;
        let tags = Tagging::builder().tag_set(tag).build().map_err(|error| self.unbuilt(&error))?;
        let tagged = self.client.put_bucket_tagging().bucket(&self.name).tagging(tags);
        tagged.send().await.map_err(self.failed("s3:PutBucketTagging"))?;
        Ok(())
    }

    async fn is_closed(&self) -> Result<bool, Error> {
        let block = self.client.get_public_access_block().bucket(&self.name).send().await;
        let block = call::if_any(block, &["NoSuchPublicAccessBlockConfiguration"]);
        let block = block.map_err(self.failed("s3:GetBucketPublicAccessBlock"))?;
        let block = block.and_then(|output| output.public_access_block_configuration);
        Ok(block == Some(closed()))
    }

    async fn close(&self) -> Result<(), Error> {
        let put = self.client.put_public_access_block().bucket(&self.name);
        let put = put.public_access_block_configuration(closed()).send().await;
        put.map_err(self.failed("s3:PutBucketPublicAccessBlock"))?;
        Ok(())
    }

    async fn expires(&self) -> Result<bool, Error> {
        let rules = self.client.get_bucket_lifecycle_configuration().bucket(&self.name);
        let rules = call::if_any(rules.send().await, &["NoSuchLifecycleConfiguration"]);
        let rules = rules.map_err(self.failed("s3:GetLifecycleConfiguration"))?;
        let rules = rules.map(|output| output.rules().to_vec()).unwrap_or_default();
        let expires = |rule: &LifecycleRule| {
            let days = rule.expiration().and_then(LifecycleExpiration::days);
            let everything = rule.filter().is_none_or(|filter| {
                filter.prefix().is_none_or(str::is_empty)
                    && filter.tag().is_none()
                    && filter.and().is_none()
            });
            rule.status() == &ExpirationStatus::Enabled && days == Some(DAYS) && everything
        };
        Ok(rules.iter().any(expires))
    }

    async fn let_expire(&self) -> Result<(), Error> {
        let rule = LifecycleRule::builder()
            .id("load-test")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .expiration(LifecycleExpiration::builder().days(DAYS).build())
            .abort_incomplete_multipart_upload(
                AbortIncompleteMultipartUpload::builder().days_after_initiation(DAYS).build(),
            );
        let rule = rule.build().map_err(|error| self.unbuilt(&error))?;
        let rules = BucketLifecycleConfiguration::builder().rules(rule).build();
        let rules = rules.map_err(|error| self.unbuilt(&error))?;
        let put = self.client.put_bucket_lifecycle_configuration().bucket(&self.name);
        let put = put.lifecycle_configuration(rules).send().await;
        put.map_err(self.failed("s3:PutLifecycleConfiguration"))?;
        Ok(())
    }

    fn foreign(&self) -> Error {
        Error::Foreign { region: self.region.clone(), kind: "bucket", name: self.name.clone() }
    }

    /// A request that lacks something: AWS's answer did, as ours are complete.
    fn unbuilt(&self, error: &BuildError) -> Error {
        Error::Stopped { region: self.region.clone(), message: error.to_string() }
    }

    fn failed<E: Said>(&self, action: &'static str) -> impl FnOnce(SdkError<E>) -> Error {
        call::failed(&self.region, action, &self.arn)
    }

    fn failed_within<E: Said>(&self, action: &'static str) -> impl FnOnce(SdkError<E>) -> Error {
        call::failed(&self.region, action, format!("{}/*", self.arn))
    }
}

/// Nobody else sees what is in it.
fn closed() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build()
}
