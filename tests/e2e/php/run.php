<?php
// php run.php ROOT SCRIPT [ARGUMENT...]: loads WordPress, runs SCRIPT inside it with $args. Works where there is no wp-cli.
$root = $argv[1];
$script = $argv[2];
$args = array_slice( $argv, 3 );
$home = parse_url( getenv( 'WPEXPORT_E2E_HOME' ) );
$_SERVER['HTTP_HOST'] = $home['host'] . ( isset( $home['port'] ) ? ':' . $home['port'] : '' );
$_SERVER['SERVER_NAME'] = $home['host'];
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
if ( 'install' === $script ) {
	define( 'WP_INSTALLING', true );
	require $root . '/wp-load.php';
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	wp_install( 'A new blog', 'admin', 'admin@example.test', true, '', 'admin' );
	global $wp_rewrite;
	$wp_rewrite->set_permalink_structure( '/%year%/%monthnum%/%postname%/' );
	$wp_rewrite->flush_rules( false );
	exit( 0 );
}
require $root . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require $script;
