//! The bucket that pages are kept in. Needs `s3:PutObject` on what is in it, and `s3:GetObject` on the claims
//! (`*.announced`). It never deletes anything.
//!
//! Amazon S3 is called by signed requests without its SDK. What must be written once is written on the condition that
//! nothing is there (`If-None-Match: *`).

use anyhow::anyhow;
use async_trait::async_trait;
use aws_config::SdkConfig;

use super::{
    failure::CallFailure,
    limits::CallLimits,
    obstacle::Obstacle,
    signed::{Request, Service, Signed, endpoint_of},
};
use crate::pages::{Cache, Claim, Page, Shelf};

/// The SDK's id of S3.
const SERVICE: &str = "S3";

/// A bucket of the configuration's region.
#[derive(Clone, Debug)]
pub struct PagesBucket {
    client: Signed,
    bucket: String,
    /// What comes before a key in the path of a request.
    root: String,
}

/// Whether what is there already may be replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Anything,
    Nothing,
}

impl PagesBucket {
    /// The bucket of this name.
    pub fn new(config: &SdkConfig, bucket: &str) -> PagesBucket {
        let region = config.region().map_or("", AsRef::as_ref);
        let url = url(bucket, region, config.use_fips() == Some(true));
        let service = Service { id: SERVICE, signing_name: "s3", region, url: &url };
        // S3 itself has the bucket in its host name. An endpoint that is configured is that of all buckets.
        let root = if endpoint_of(config, SERVICE).is_some() { format!("/{bucket}/") } else { "/".to_owned() };
        PagesBucket { client: Signed::new(config, service, &CallLimits::PAGES), bucket: bucket.to_owned(), root }
    }

    async fn put(&self, page: &Page, over: Over) -> Result<(), CallFailure> {
        let html = if page.key.ends_with(".html") { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
        let kept = match page.cache {
            Cache::Never => "no-cache",
            Cache::Long => "private, max-age=86400",
        };
        let mut headers = vec![("content-type", html.to_owned()), ("cache-control", kept.to_owned())];
        if over == Over::Nothing {
            headers.push(("if-none-match", "*".to_owned()));
        }
        let body = page.content.as_bytes().to_vec();
        let request = Request { method: "PUT", path: format!("{}{}", self.root, page.key), headers, body };
        self.client.send(request).await.map(drop)
    }

    /// Whether it is written; not if something was there.
    async fn put_where_nothing_is(&self, page: &Page) -> anyhow::Result<bool> {
        match self.put(page, Over::Nothing).await {
            Ok(()) => Ok(true),
            Err(failure) if failure.code() == "PreconditionFailed" => Ok(false),
            Err(failure) => Err(self.error("write", "s3:PutObject", &page.key, failure)),
        }
    }

    fn error(&self, doing: &str, permission: &str, key: &str, failure: CallFailure) -> anyhow::Error {
        let what = format!("cannot {doing} s3://{}/{key}", self.bucket);
        let why = match (failure.code(), Obstacle::of(&failure)) {
            ("NoSuchBucket", _) => "there is no such bucket".to_owned(),
            ("NoSuchKey", _) => "there is no such object".to_owned(),
            ("AuthorizationHeaderMalformed" | "PermanentRedirect", _) => "the bucket is in another region".to_owned(),
            ("ConditionalRequestConflict", _) => "another call was writing it at the same time".to_owned(),
            ("SlowDown" | "RequestLimitExceeded", _) => "S3 throttled the call, each time it was made".to_owned(),
            (_, Some(Obstacle::Permission)) => format!("it needs the permission {permission} there"),
            (_, Some(Obstacle::Credentials)) => "the credentials are not accepted".to_owned(),
            (_, Some(Obstacle::KeyPermission | Obstacle::Key)) => "the bucket's KMS key cannot be used".to_owned(),
            _ => return anyhow!(failure).context(what),
        };
        anyhow!(failure).context(format!("{what}: {why}"))
    }
}

/// The URL of a bucket.
fn url(bucket: &str, region: &str, fips: bool) -> String {
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let service = if fips { "s3-fips" } else { "s3" };
    format!("https://{bucket}.{service}.{region}.{domain}")
}

#[async_trait(?Send)]
impl Shelf for PagesBucket {
    async fn write(&self, page: &Page) -> anyhow::Result<()> {
        let written = self.put(page, Over::Anything).await;
        written.map_err(|failure| self.error("write", "s3:PutObject", &page.key, failure))
    }

    async fn write_once(&self, page: &Page) -> anyhow::Result<bool> {
        self.put_where_nothing_is(page).await
    }

    async fn claim(&self, key: &str, claimant: &str) -> anyhow::Result<Claim> {
        let page = Page { key: key.to_owned(), content: claimant.to_owned(), cache: Cache::Long };
        if self.put_where_nothing_is(&page).await? {
            return Ok(Claim::Own);
        }
        // By another invocation, or by an attempt of this one whose answer was lost.
        let path = format!("{}{key}", self.root);
        let request = Request { method: "GET", path, headers: Vec::new(), body: Vec::new() };
        let found = self.client.send(request).await;
        let found = found.map_err(|failure| self.error("read", "s3:GetObject", key, failure))?;
        Ok(if found == claimant.as_bytes() { Claim::Own } else { Claim::Anothers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_in_its_region_and_partition() {
        assert_eq!(url("pages", "eu-central-1", false), "https://pages.s3.eu-central-1.amazonaws.com");
        assert_eq!(url("pages", "us-gov-west-1", true), "https://pages.s3-fips.us-gov-west-1.amazonaws.com");
        assert_eq!(url("pages", "cn-north-1", false), "https://pages.s3.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let bucket = PagesBucket::new(&super::super::loopback_config("http://127.0.0.1:9"), "pages");
        let said = |code: &str| {
            let failure = CallFailure::answered(Some(code), "No.");
            format!("{:#}", bucket.error("write", "s3:PutObject", "status.html", failure))
        };
        for (code, expected) in [
            ("NoSuchBucket", "cannot write s3://pages/status.html: there is no such bucket: NoSuchBucket: No."),
            (
                "AccessDenied",
                "cannot write s3://pages/status.html: it needs the permission s3:PutObject there: AccessDenied: No.",
            ),
            (
                "PermanentRedirect",
                "cannot write s3://pages/status.html: the bucket is in another region: PermanentRedirect: No.",
            ),
            (
                "SlowDown",
                "cannot write s3://pages/status.html: S3 throttled the call, each time it was made: SlowDown: No.",
            ),
            (
                "ExpiredToken",
                "cannot write s3://pages/status.html: the credentials are not accepted: ExpiredToken: No.",
            ),
            ("InternalError", "cannot write s3://pages/status.html: InternalError: No."),
        ] {
            assert_eq!(said(code), expected);
        }
    }
}
