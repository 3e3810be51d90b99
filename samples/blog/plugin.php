<?php
/*
 * Plugin Name: Tuulisaari Light (must-use plugin of the sample blog)
 * Two custom types: recipes where every plugin puts them (wp/v2), and projects in a namespace of their own.
 */
add_action(
	'init',
	function () {
		$supports = array( 'title', 'editor', 'excerpt', 'thumbnail', 'author', 'comments', 'custom-fields', 'revisions' );
		register_post_type(
			'recipe',
			array(
				'label'        => 'Recipes',
				'public'       => true,
				'show_in_rest' => true,
				'rest_base'    => 'recipes',
				'has_archive'  => true,
				'rewrite'      => array( 'slug' => 'recipes' ),
				'supports'     => $supports,
			)
		);
		register_taxonomy(
			'course',
			'recipe',
			array(
				'label'        => 'Courses',
				'public'       => true,
				'hierarchical' => true,
				'show_in_rest' => true,
				'rest_base'    => 'courses',
				'rewrite'      => array( 'slug' => 'course', 'hierarchical' => true ),
			)
		);
		register_post_meta(
			'recipe',
			'servings',
			array( 'type' => 'integer', 'single' => true, 'show_in_rest' => true, 'default' => 0 )
		);
		register_post_type(
			'project',
			array(
				'label'          => 'Projects',
				'public'         => true,
				'hierarchical'   => true,
				'show_in_rest'   => true,
				'rest_base'      => 'projects',
				'rest_namespace' => 'lighthouse/v1',
				'rewrite'        => array( 'slug' => 'projects' ),
				'supports'       => array_merge( $supports, array( 'page-attributes' ) ),
			)
		);
		register_taxonomy(
			'workshop',
			array( 'project', 'post' ),
			array(
				'label'          => 'Workshops',
				'public'         => true,
				'hierarchical'   => true,
				'show_in_rest'   => true,
				'rest_base'      => 'workshops',
				'rest_namespace' => 'lighthouse/v1',
			)
		);
		add_theme_support( 'post-formats', array( 'aside', 'gallery', 'link', 'quote', 'video', 'audio' ) );
	}
);
// Otherwise the first visit of the home page writes a menu of its own, dated today.
add_filter( 'wp_navigation_should_create_fallback', '__return_false' );
// The recorder wants whole feeds; everybody else gets WordPress' ten items. The option is read nowhere else.
add_filter(
	'pre_option_posts_per_rss',
	function ( $value ) {
		return isset( $_SERVER['HTTP_X_RECORD_WHOLE_FEED'] ) ? 1000 : $value;
	}
);
