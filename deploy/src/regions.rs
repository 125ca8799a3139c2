//! Where AWS has functions.

/// The regions of the partition `aws` in which functions can be.
const COMMERCIAL: [&str; 34] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Those of `aws-cn`.
const CHINA: [&str; 2] = ["cn-north-1", "cn-northwest-1"];

/// Those of `aws-us-gov`.
const GOVERNMENT: [&str; 2] = ["us-gov-east-1", "us-gov-west-1"];

/// All regions that are known in a partition, and then those that are not known but named.
pub(crate) fn all<'a>(partition: &str, named: &'a [String]) -> Vec<&'a str> {
    let known: &[&str] = match partition {
        "aws-cn" => &CHINA,
        "aws-us-gov" => &GOVERNMENT,
        _ => &COMMERCIAL,
    };
    let mut regions = known.to_vec();
    for region in named {
        if !regions.contains(&region.as_str()) {
            regions.push(region);
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_that_is_not_known_yet_is_looked_into_when_it_is_named() {
        let named = ["eu-west-1".to_owned(), "xx-new-1".to_owned()];
        let regions = all("aws", &named);
        assert_eq!(regions.len(), COMMERCIAL.len() + 1);
        assert_eq!(regions.last(), Some(&"xx-new-1"));
        assert_eq!(all("aws-cn", &[]), CHINA);
    }
}
